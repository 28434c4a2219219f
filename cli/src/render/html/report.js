"use strict";
// Sorting and filtering. Nothing here is needed to read the page, and nothing is sent or fetched.
const collator = new Intl.Collator("en", { numeric: true, sensitivity: "base" });

const key = (row, column) => {
  const cell = row.cells[column];
  return (cell.dataset.sort ?? cell.textContent).trim();
};

// What is not known comes last, whichever way the others go.
const compare = (a, b, sign) => {
  if (a === "" || b === "") return (a === "") - (b === "");
  const difference = Number(a) - Number(b);
  return sign * (Number.isNaN(difference) ? collator.compare(a, b) : difference);
};

const sortable = (table, rows) => {
  const heads = Array.from(table.tHead.rows[0].cells);
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const falls = head.getAttribute("aria-sort") === "ascending";
      for (const other of heads) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", falls ? "descending" : "ascending");
      const keyed = rows.map((row) => [key(row, column), row]);
      keyed.sort(([a], [b]) => compare(a, b, falls ? -1 : 1));
      table.tBodies[0].append(...keyed.map(([, row]) => row));
    });
  });
};

const filterable = (table, rows, filter) => {
  const input = filter.querySelector("input");
  const output = filter.querySelector("output");
  const texts = rows.map((row) => row.textContent.toLowerCase());
  input.addEventListener("input", () => {
    const words = input.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    rows.forEach((row, place) => {
      row.hidden = !words.every((word) => texts[place].includes(word));
      shown += !row.hidden;
    });
    filter.classList.toggle("on", words.length > 0);
    output.value = words.length > 0 ? `${shown} of ${rows.length} rows, those with “${words.join(" ")}”` : "";
  });
  filter.hidden = false;
};

for (const table of document.querySelectorAll("table.rows")) {
  const rows = Array.from(table.tBodies[0].rows);
  if (rows.length > 1) {
    sortable(table, rows);
    filterable(table, rows, table.closest("section, .block").querySelector(".filter"));
  }
}
