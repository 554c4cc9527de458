"use strict";
(() => {
  const table = document.getElementById("hits-index");
  if (!table) return;
  const filters = document.getElementById("filters");
  const find = document.getElementById("find");
  const selects = [...filters.querySelectorAll("select")];
  const shown = document.getElementById("shown");
  const bodies = [...table.tBodies];
  const rows = bodies.flatMap(body => [...body.rows].filter(row => !row.classList.contains("part")));
  const cards = new Map(rows.map(row => {
    const link = row.querySelector("a").getAttribute("href");
    return [row, link.startsWith("#") ? document.getElementById(link.slice(1)) : null];
  }));
  const folded = text => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const texts = new Map(rows.map(row => [row, folded(row.textContent)]));

  const filter = () => {
    const words = folded(find.value).split(/\s+/).filter(Boolean);
    let number = 0;
    for (const row of rows) {
      const fits = words.every(word => texts.get(row).includes(word)) &&
        selects.every(one => !one.value || row.dataset[one.dataset.filter] === one.value);
      row.hidden = !fits;
      if (cards.get(row)) cards.get(row).hidden = !fits;
      number += fits;
    }
    for (const body of bodies) body.hidden = [...body.rows].slice(1).every(row => row.hidden);
    shown.textContent = `${number} of ${rows.length} shown`;
  };

  const value = (row, column) => row.cells[column].dataset.value ?? row.cells[column].textContent.trim();
  const compare = (one, two) => {
    if (one === "" || two === "") return (one === "") - (two === "");
    const [a, b] = [Number(one), Number(two)];
    return Number.isNaN(a) || Number.isNaN(b) ? one.localeCompare(two) : a - b;
  };
  const sort = head => {
    const down = head.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    head.setAttribute("aria-sort", down ? "descending" : "ascending");
    const column = head.cellIndex;
    for (const body of bodies) {
      const own = [...body.rows].slice(1);
      own.sort((a, b) => (down ? -1 : 1) * compare(value(a, column), value(b, column)));
      body.append(...own);
    }
  };
  for (const head of table.tHead.rows[0].cells) {
    if (head.dataset.sort === undefined) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    button.addEventListener("click", () => sort(head));
    head.replaceChildren(button);
  }
  find.addEventListener("input", filter);
  for (const one of selects) one.addEventListener("change", filter);
  filters.hidden = false;
  filter();
  addEventListener("hashchange", () => {
    const aim = document.getElementById(location.hash.slice(1));
    const card = aim && aim.closest(".hit");
    if (card && card.hidden) {
      find.value = "";
      for (const one of selects) one.value = "";
      filter();
      aim.scrollIntoView();
    }
  });
})();
