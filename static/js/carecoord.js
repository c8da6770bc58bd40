// CareCoord's own script: menus, shortcuts, listboxes, drafts, the idle warning. Every page works without it.
(() => {
  "use strict";
  const $ = (selector, from = document) => from.querySelector(selector);
  const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
  const on = (type, act, options) => document.addEventListener(type, act, options);
  const announce = (words) => { const box = $("#announce"); if (box) box.textContent = words; };

  // Buttons that only work with a script stay hidden without one.
  const reveal = (from) => $$("[data-dismiss], [data-close], [data-themes], [data-use]", from).forEach((el) => { el.hidden = false; });

  on("click", (event) => {
    const el = event.target.closest("[data-dismiss], [data-close], [data-open], [data-theme-set], [data-use], [data-stay]");
    if (!el) return;
    if ("dismiss" in el.dataset) el.closest(".cc-alert").remove();
    else if ("close" in el.dataset) { const details = el.closest("details"); details.open = false; $("summary", details).focus(); }
    else if ("open" in el.dataset) openPalette();
    else if ("themeSet" in el.dataset) setTheme(el.dataset.themeSet);
    else if ("use" in el.dataset) useText(el);
    else if ("stay" in el.dataset) { act(); ping(); $("#idle").close(); }
  });

  // Theme -----------------------------------------------------------------------------------
  const setTheme = (name) => {
    const secure = location.protocol === "https:" ? "; secure" : "";
    document.cookie = `cc_theme=${name}; path=/; max-age=31536000; samesite=lax${secure}`;
    document.documentElement.dataset.theme = name;
    document.documentElement.dispatchEvent(new Event("cc:theme"));
    markTheme();
  };
  const markTheme = () => $$("[data-theme-set]").forEach((el) => {
    el.setAttribute("aria-pressed", String(el.dataset.themeSet === document.documentElement.dataset.theme));
  });

  // Menus (details.cc-menu, details.cc-confirm): Escape, a click outside, arrow keys ---------------
  const openMenus = () => $$("details.cc-menu[open], details.cc-confirm[open]");
  on("click", (event) => openMenus().forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; }));
  on("keydown", (event) => {
    const menu = event.target.closest?.("details.cc-menu[open], details.cc-confirm[open]");
    if (!menu) return;
    if (event.key === "Escape") { menu.open = false; $("summary", menu).focus(); return; }
    if (!menu.matches(".cc-menu") || !["ArrowDown", "ArrowUp"].includes(event.key)) return;
    const items = $$("a, button:not([hidden])", menu);
    const step = event.key === "ArrowDown" ? 1 : -1;
    const at = items.indexOf(document.activeElement);
    items[(at + step + items.length + (at < 0 && step < 0 ? 1 : 0)) % items.length]?.focus();
    event.preventDefault();
  });

  // Search and palette: a text box with a listbox ---------------------------------------------------
  const options = (box) => $$('[role="option"][href]', $(`#${box.getAttribute("aria-controls")}`));
  const show = (box, open) => {
    $(`#${box.getAttribute("aria-controls")}`).hidden = !open;
    box.setAttribute("aria-expanded", String(open));
    if (!open) box.removeAttribute("aria-activedescendant");
  };
  const choose = (box, index) => {
    const all = options(box);
    all.forEach((el, i) => el.setAttribute("aria-selected", String(i === index)));
    if (all[index]) { box.setAttribute("aria-activedescendant", all[index].id); all[index].scrollIntoView({ block: "nearest" }); }
    else box.removeAttribute("aria-activedescendant");
  };
  on("keydown", (event) => {
    const box = event.target.closest?.('[role="combobox"]');
    if (!box) return;
    const all = options(box);
    const at = all.findIndex((el) => el.getAttribute("aria-selected") === "true");
    const go = (index) => { event.preventDefault(); show(box, true); choose(box, (index + all.length) % all.length); };
    if (event.key === "ArrowDown" && all.length) go(at + 1);
    else if (event.key === "ArrowUp" && all.length) go(at < 0 ? all.length - 1 : at - 1);
    else if (event.key === "Home" && at >= 0) go(0);
    else if (event.key === "End" && at >= 0) go(all.length - 1);
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); all[at].click(); }
    else if (event.key === "Escape" && box.getAttribute("aria-expanded") === "true" && !box.closest("dialog")) { event.preventDefault(); show(box, false); }
  });
  on("htmx:afterSwap", (event) => {
    const box = $(`[role="combobox"][aria-controls="${event.target.id}"]`);
    if (!box) return reveal(event.target);
    const filled = Boolean(box.value.trim()) || Boolean(box.closest("dialog"));
    show(box, filled);
    choose(box, box.closest("dialog") && options(box).length ? 0 : -1);
    announce(`${options(box).length} found`);
  });
  on("focusout", (event) => {
    const form = event.target.closest?.("[data-combobox]");
    if (form && !form.closest("dialog") && !form.contains(event.relatedTarget)) show($('[role="combobox"]', form), false);
  });
  const openPalette = () => {
    const palette = $("#palette");
    if (!palette) return;
    if (!palette.open) palette.showModal();
    const box = $('[role="combobox"]', palette);
    box.select();
    if (window.htmx) window.htmx.trigger(box, "open");
  };
  on("click", (event) => { if (event.target.matches?.("dialog#palette")) event.target.close(); });

  on("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "k" && $("#palette")) {
      event.preventDefault();
      openPalette();
    } else if (event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey
        && !event.target.closest("input, textarea, select, [contenteditable], dialog")) {
      const box = $('[data-hotkey="/"]');
      if (box) { event.preventDefault(); box.focus(); box.select(); }
    }
  });

  // Merge screen: take a text, or both ------------------------------------------------------------
  const useText = (el) => {
    const row = el.closest("[data-merge]");
    const target = $("textarea, input:not([type=hidden]), select", $("[data-merged]", row));
    const text = (name) => $(`[data-text="${name}"]`, row).dataset.value;
    target.value = el.dataset.use === "both" ? `${text("theirs")}\n\n${text("mine")}` : text(el.dataset.use);
    target.focus();
  };

  // Drafts: what is typed survives an expired session, in this tab alone -----------------------------
  const store = window.sessionStorage;
  const KEY = "cc-draft:";
  const PENDING = "cc-pending";
  const user = document.body.dataset.user;
  const draftKeys = () => Object.keys(store).filter((key) => key.startsWith(KEY));
  const forgetAll = () => { draftKeys().forEach((key) => store.removeItem(key)); store.removeItem(PENDING); };
  const typed = (form) => $$("input, textarea, select", form).filter((el) =>
    el.name && el.name !== "csrfmiddlewaretoken" && el.name !== "version" && !["hidden", "password", "file", "submit", "button"].includes(el.type));
  const read = (el) => (["checkbox", "radio"].includes(el.type) ? el.checked : el.multiple ? [...el.selectedOptions].map((o) => o.value) : el.value);
  const write = (el, value) => {
    if (["checkbox", "radio"].includes(el.type)) el.checked = value;
    else if (el.multiple) [...el.options].forEach((o) => { o.selected = value.includes(o.value); });
    else el.value = value;
  };
  const nameOf = (el) => (["checkbox", "radio"].includes(el.type) ? `${el.name}=${el.value}` : el.name);
  const keep = (form) => {
    const values = Object.fromEntries(typed(form).map((el) => [nameOf(el), read(el)]));
    store.setItem(KEY + form.dataset.draft, JSON.stringify({ at: Date.now(), values }));
  };
  const restore = (form) => {
    const saved = JSON.parse(store.getItem(KEY + form.dataset.draft) || "null");
    if (!saved) return;
    const changed = typed(form).filter((el) => nameOf(el) in saved.values && String(saved.values[nameOf(el)]) !== String(read(el)));
    if (!changed.length) return;
    changed.forEach((el) => write(el, saved.values[nameOf(el)]));
    const note = document.createElement("p");
    note.className = "cc-alert tone-info cc-draft";
    note.setAttribute("role", "status");
    const at = new Date(saved.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
    note.append(`What you typed at ${at} is back. `);
    const discard = document.createElement("button");
    discard.type = "button";
    discard.textContent = "Discard it";
    discard.addEventListener("click", () => { store.removeItem(KEY + form.dataset.draft); form.reset(); note.remove(); });
    note.append(discard);
    (form.querySelector(".cc-panel-body") || form).prepend(note);
  };
  const startDrafts = () => {
    if (!user) { store.removeItem(PENDING); return; } // the sign-in page: drafts wait for their writer
    if (store.getItem("cc-user") !== user) { forgetAll(); store.setItem("cc-user", user); }
    const answered = store.getItem(PENDING); // sent, and the server answered with a page, not with the sign-in
    if (answered) { store.removeItem(KEY + answered); store.removeItem(PENDING); }
    $$("form[data-draft]").forEach(restore);
    $$("form[data-draft-keep]").forEach(keep); // a second step: what came with it is not typed again
  };
  on("input", (event) => { const form = event.target.closest?.("form[data-draft]"); if (form && user) keep(form); });
  on("submit", (event) => {
    if (event.target.matches("[data-forget-drafts]")) forgetAll();
    else if (event.target.dataset.draft && !event.target.matches("[hx-post], [data-hx-post]")) store.setItem(PENDING, event.target.dataset.draft);
  });
  on("click", (event) => {
    const form = event.target.closest?.("[data-forget-draft]")?.closest("form[data-draft]");
    if (form) store.removeItem(KEY + form.dataset.draft);
  });
  on("htmx:afterRequest", (event) => {
    const form = event.target.closest?.("form[data-draft]");
    if (form && event.detail.successful && event.detail.requestConfig.verb !== "get") store.removeItem(KEY + form.dataset.draft);
  });

  // Idle: warn two minutes before the session ends; only what a person does counts ---------------------
  const idle = Number(document.body.dataset.idleSeconds || 0);
  const channel = idle && "BroadcastChannel" in window ? new BroadcastChannel("cc-activity") : null;
  let last = Date.now();
  let pinged = Date.now();
  const act = (tell = true) => { last = Date.now(); if (tell) channel?.postMessage(last); };
  const ping = () => { pinged = Date.now(); fetch(document.body.dataset.keepalive, { headers: { "HX-Request": "true" } }).catch(() => {}); };
  const loginUrl = () => `${document.body.dataset.login}?next=${encodeURIComponent(location.pathname)}`;
  const tick = () => {
    const dialog = $("#idle");
    const left = idle - (Date.now() - last) / 1000;
    if (left <= 0) { location.replace(loginUrl()); return; }
    if (last > pinged && Date.now() - pinged > 60000) ping();
    if (left <= 120 && dialog && !dialog.open) { dialog.showModal(); }
    if (left > 120 && dialog?.open) dialog.close();
    if (left <= 120 && dialog) {
      const seconds = Math.ceil(left);
      $("[data-countdown]", dialog).textContent = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    }
  };
  if (idle) {
    let told = 0;
    const noticed = () => { if ($("#idle")?.open) return; act(Date.now() - told > 5000); told = Date.now(); };
    ["pointerdown", "keydown", "wheel", "touchstart"].forEach((type) => on(type, noticed, { passive: true }));
    channel?.addEventListener("message", (event) => { last = Math.max(last, event.data); });
    setInterval(tick, 1000);
  }

  // A session that ended under an HTMX request: go to the sign-in as a whole page -----------------------
  on("htmx:beforeSwap", (event) => {
    const login = document.body.dataset.login;
    if (login && new URL(event.detail.xhr.responseURL || location.href).pathname === login) {
      event.detail.shouldSwap = false;
      location.assign(loginUrl());
    }
  });
  on("htmx:responseError", () => announce("That did not work. Nothing was saved."));
  on("htmx:sendError", () => announce("No answer from the server. Nothing was saved."));

  // The tab one is on, in sight where the tabs scroll --------------------------------------------------
  const tab = $(".cc-tabs [aria-current]"), tabs = tab?.closest("ul");
  if (tabs) tabs.scrollLeft += Math.max(0, tab.getBoundingClientRect().right - tabs.getBoundingClientRect().right);

  reveal(document);
  markTheme();
  startDrafts();
  $("[data-focus]")?.focus();
})();
