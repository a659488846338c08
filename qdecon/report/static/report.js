// Conveniences only: everything can be read without this file.
"use strict";

const form = document.querySelector(".filter");
if (form) {
  const rows = [...document.querySelectorAll("table.scorecard tbody tr")];
  const told = form.querySelector("output");
  const filter = () => {
    const words = form.elements.words.value.trim().toLowerCase().split(/\s+/);
    const status = form.elements.status.value;
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !((!status || row.dataset.status === status) && words.every((word) => text.includes(word)));
      shown += row.hidden ? 0 : 1;
    }
    told.textContent = `${shown} ${told.dataset.words}`;
  };
  form.hidden = false;
  form.addEventListener("input", filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
}

const [copy, copied] = document.documentElement.lang === "en" ? ["Copy", "Copied"] : ["复制", "已复制"];
for (const place of document.querySelectorAll("[data-copy]")) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = copy;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(place.dataset.copy);
    button.textContent = copied;
  });
  place.after(button);
}

addEventListener("beforeprint", () => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
