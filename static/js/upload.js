// Files dropped on a form, and what was chosen, in words. The field works without it.
(() => {
  "use strict";
  const label = (bytes) => (bytes > 1048576 ? `${(bytes / 1048576).toFixed(1)} MB` : `${Math.max(1, Math.round(bytes / 1024))} KB`);
  document.querySelectorAll("[data-drop]").forEach((zone) => {
    const field = zone.querySelector('input[type="file"]');
    const list = zone.querySelector("[data-chosen]");
    const limit = Number(field.dataset.limit || 0);
    const show = () => {
      list.replaceChildren(...[...field.files].map((file) => {
        const row = document.createElement("li");
        const isTooBig = limit && file.size > limit;
        row.textContent = `${file.name}, ${label(file.size)}${isTooBig ? ": too large" : ""}`;
        row.classList.toggle("is-over", Boolean(isTooBig));
        return row;
      }));
      list.hidden = !field.files.length;
    };
    const over = (event, is) => { event.preventDefault(); zone.classList.toggle("is-over", is); };
    zone.classList.add("is-live");
    zone.addEventListener("dragover", (event) => over(event, true));
    zone.addEventListener("dragleave", (event) => over(event, false));
    zone.addEventListener("drop", (event) => {
      over(event, false);
      const chosen = new DataTransfer();
      const dropped = [...event.dataTransfer.files];
      (field.multiple ? [...field.files, ...dropped] : dropped.slice(0, 1)).forEach((file) => chosen.items.add(file));
      field.files = chosen.files;
      show();
    });
    field.addEventListener("change", show);
  });
})();
