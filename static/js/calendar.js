// Moving an appointment in the calendar by drag or by keyboard. Nothing is moved before the dialog is answered; without
// this script the move page does the same.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (type, act, options) => document.addEventListener(type, act, options);
  const announce = (words) => { const box = $("#announce"); if (box) box.textContent = words; };
  const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
  let move = null; // what is being moved: {event, uuid, columns, column, quarter, span, ghost, dragged}
  let settled = ""; // the appointment that the next drawing of the board gives the focus

  // The grid: columns of quarter hours ------------------------------------------------------------
  const calendar = () => $(".cc-cal");
  const columns = () => $$(".cc-cal-grid[data-column]");
  const placeOf = (el, letter) => Number([...el.classList].find((name) => new RegExp(`^${letter}-\\d+$`).test(name)).slice(2));
  const clock = (quarter) => {
    const minutes = Number(calendar().dataset.first) * 60 + quarter * 15;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  };
  const mayLand = (column) => column === move.home || "lands" in column.dataset;

  const begin = (event) => {
    const home = event.closest(".cc-cal-grid");
    const quarter = placeOf(event, "r"), span = placeOf(event, "s");
    move = { event, home, column: home, quarter, span, from: quarter, uuid: event.dataset.event };
    const ghost = event.cloneNode(false);
    ["id", "href", "data-seen", "data-event"].forEach((name) => ghost.removeAttribute(name));
    ghost.className = "cc-cal-event is-ghost";
    ghost.setAttribute("aria-hidden", "true");
    move.ghost = ghost;
    event.classList.add("is-moving");
    draw();
  };
  const draw = () => {
    const { ghost, quarter, span, column } = move;
    ghost.className = `cc-cal-event is-ghost r-${quarter} s-${span}`;
    ghost.innerHTML = "";
    const time = document.createElement("strong");
    time.textContent = clock(quarter);
    ghost.append(time, ` ${column.dataset.title}`);
    column.append(ghost);
  };
  const end = () => {
    if (!move) return;
    move.ghost.remove();
    move.event.classList.remove("is-moving");
    document.documentElement.classList.remove("cc-dragging");
    move = null;
  };
  const shift = (quarter, column) => {
    move.quarter = clamp(quarter, 0, Number(calendar().dataset.size) - 1);
    if (column && mayLand(column)) move.column = column;
    draw();
  };
  const stays = () => move.quarter === move.from && move.column === move.home;

  // Asking: the server says from where to where, in a dialog -------------------------------------------
  const ask = () => {
    const { event, column, quarter, home } = move;
    const to = new URLSearchParams({ starts_at: `${column.dataset.day}T${clock(quarter)}`, seen: event.dataset.seen });
    if (column !== home && column.dataset.practitioner) to.set("practitioner", column.dataset.practitioner);
    if (column !== home && column.dataset.location) to.set("location", column.dataset.location);
    move.asking = true;
    $("#move-ask").replaceChildren();
    window.htmx.ajax("GET", `${event.getAttribute("href")}move/?${to}`, { target: "#move-ask", swap: "innerHTML" }).then(() => {
      if (!move || !$("#move-ask").childElementCount) { end(); return; }
      $("#move").showModal();
    });
  };
  $("#move")?.addEventListener("close", () => {
    const event = move?.event;
    end();
    if (event?.isConnected && !settled) { event.focus(); announce("Not moved."); }
  });
  on("moved", () => {
    settled = move?.uuid || "";
    $("#move").close();
    end();
    window.htmx.trigger("#board", "refresh");
  });
  on("htmx:afterSettle", (event) => {
    if (event.target.id !== "board" || !settled) return;
    const moved = $(`[data-event="${settled}"]`);
    settled = "";
    moved?.focus();
    moved?.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  // A refresh would pull the board away under the hand that moves something on it.
  on("htmx:beforeRequest", (event) => { if (event.target.id === "board" && move) event.preventDefault(); });

  // Keyboard: M, arrows, Enter or Escape ---------------------------------------------------------------
  const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  on("keydown", (key) => {
    if (key.ctrlKey || key.metaKey || key.altKey || move?.asking) return;
    const event = key.target.closest?.("[data-seen]");
    if (!move && event && key.key.toLowerCase() === "m") {
      key.preventDefault();
      begin(event);
      announce(`Moving ${event.textContent.trim()}. Arrow keys change time and column, Enter asks, Escape leaves it as it is.`);
    } else if (move && key.key === "Escape") {
      key.preventDefault();
      const from = move.event;
      end();
      from.focus();
      announce("Not moved.");
    } else if (move && !move.dragged && STEPS[key.key]) {
      key.preventDefault();
      const [down, right] = STEPS[key.key];
      const all = columns().filter(mayLand);
      shift(move.quarter + down, all[clamp(all.indexOf(move.column) + right, 0, all.length - 1)]);
      move.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
      announce(`${clock(move.quarter)}, ${move.column.dataset.title}`);
    } else if (move && !move.dragged && key.key === "Enter") {
      key.preventDefault();
      if (stays()) { end(); announce("Not moved."); } else ask();
    }
  });
  on("focusout", (event) => { if (move && !move.dragged && !move.asking && event.target === move.event) end(); });

  // Drag with a mouse or pen; a finger scrolls, and has the move page ------------------------------------
  let grip = null;
  on("pointerdown", (event) => {
    const what = event.target.closest?.("[data-seen]");
    if (!what || event.button || event.pointerType === "touch" || move) return;
    grip = { what, x: event.clientX, y: event.clientY, top: event.clientY - what.getBoundingClientRect().top };
  });
  on("pointermove", (event) => {
    if (!grip) return;
    if (!move && Math.hypot(event.clientX - grip.x, event.clientY - grip.y) > 5) {
      if (getComputedStyle(grip.what.closest(".cc-cal")).display !== "grid") { grip = null; return; }
      begin(grip.what);
      move.dragged = true;
      document.documentElement.classList.add("cc-dragging");
    }
    if (!move?.dragged || move.asking) return;
    const column = columns().find((el) => {
      const box = el.getBoundingClientRect();
      return event.clientX >= box.left && event.clientX < box.right;
    });
    const box = (column || move.column).getBoundingClientRect();
    shift(Math.round((event.clientY - grip.top - box.top) / (box.height / Number(calendar().dataset.size))), column);
    scrollAtEdge(event);
  });
  on("pointerup", () => {
    if (grip && move?.dragged && !move.asking) {
      const { what } = grip;
      const swallow = (click) => click.preventDefault();
      what.addEventListener("click", swallow);
      setTimeout(() => { grip = null; what.removeEventListener("click", swallow); }, 50);
      document.documentElement.classList.remove("cc-dragging");
      if (stays()) end(); else ask();
    } else grip = null;
  });
  on("pointercancel", () => { grip = null; if (move?.dragged && !move.asking) end(); });
  const scrollAtEdge = (event) => {
    const box = $(".cc-cal-scroll"), view = box.getBoundingClientRect();
    const near = (value, low, high) => (value < low + 40 ? -12 : value > high - 40 ? 12 : 0);
    box.scrollBy(near(event.clientX, view.left, view.right), near(event.clientY, view.top, view.bottom));
  };

  // Small things -------------------------------------------------------------------------------------
  on("change", (event) => { if (event.target.type !== "date") event.target.closest?.("form[data-auto]")?.requestSubmit(); });
  on("click", (event) => {
    if (event.target.closest?.("[data-print]")) window.print();
    else if (event.target.closest?.("[data-keep]")) event.target.closest("dialog").close();
  });
  $$("[data-script-only]").forEach((el) => { el.hidden = false; });
})();
