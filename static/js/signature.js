// A signature drawn with finger, pen or mouse, kept as the path of the pen (M and L with whole numbers, 1000 by 300).
(() => {
  "use strict";
  const WIDE = 1000, HIGH = 300;

  const begin = (pad) => {
    const canvas = pad.querySelector("canvas");
    const kept = pad.querySelector('input[name="drawing"]');
    const drawn = pad.closest("form").querySelector('input[name="method"][value="drawn"]');
    const pen = canvas.getContext("2d");
    let strokes = [];
    let stroke = null;

    const at = (event) => {
      const box = canvas.getBoundingClientRect();
      const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
      return [within((event.clientX - box.left) * WIDE / box.width, WIDE), within((event.clientY - box.top) * HIGH / box.height, HIGH)];
    };
    const paint = () => {
      pen.clearRect(0, 0, WIDE, HIGH);
      pen.lineWidth = 5; pen.lineCap = "round"; pen.lineJoin = "round"; pen.strokeStyle = "#13252a";
      strokes.forEach((points) => {
        pen.beginPath();
        points.forEach(([x, y], number) => (number ? pen.lineTo(x, y) : pen.moveTo(x, y)));
        pen.stroke();
      });
    };
    const keep = () => {
      kept.value = strokes.filter((points) => points.length > 1)
        .map((points) => points.map(([x, y], number) => `${number ? "L" : "M"}${x} ${y}`).join(" ")).join(" ");
    };
    const read = (path) => path.split("M").filter(Boolean).map((part) => part.trim().split(" L").map((pair) => pair.split(" ").map(Number)));

    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      stroke = [at(event)];
      strokes.push(stroke);
      if (drawn) drawn.checked = true;
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!stroke) return;
      const [x, y] = at(event), [beforeX, beforeY] = stroke[stroke.length - 1];
      if (Math.abs(x - beforeX) + Math.abs(y - beforeY) < 3) return;
      stroke.push([x, y]);
      paint();
    });
    const end = () => { stroke = null; keep(); };
    canvas.addEventListener("pointerup", end);
    canvas.addEventListener("pointercancel", end);
    pad.querySelector("[data-pad-clear]").addEventListener("click", () => { strokes = []; paint(); keep(); });

    pad.hidden = false;
    if (kept.value) { strokes = read(kept.value); paint(); }
  };

  document.querySelectorAll("[data-pad]").forEach(begin);
})();
