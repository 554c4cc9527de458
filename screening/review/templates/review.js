"use strict";
/* Keys and the warning before a log-out. Every page works without it. */
(() => {
  const body = document.body, form = document.getElementById("deciding");
  const rows = [...document.querySelectorAll("a.go")];
  const typing = (at) => at && (at.isContentEditable || ["TEXTAREA", "SELECT"].includes(at.tagName) ||
    (at.tagName === "INPUT" && !["radio", "checkbox", "submit"].includes(at.type)));
  const step = (by) => {
    const now = rows.indexOf(document.activeElement);
    const next = rows[Math.min(rows.length - 1, Math.max(0, now + by))];
    if (next) next.focus();
  };
  const choose = (value) => {
    const radio = form && form.querySelector(`input[value="${value}"]`);
    if (radio) { radio.checked = true; form.querySelector("textarea").focus(); }
  };
  const acts = {
    j: () => step(1), k: () => step(-1),
    t: () => choose("true_match"), f: () => choose("false_match"), i: () => choose("inconclusive"),
    n: () => form && form.querySelector("textarea").focus(),
    "/": () => { const f = document.querySelector("#filters select"); if (f) f.focus(); },
    "?": () => document.querySelector("footer").scrollIntoView(),
  };
  document.addEventListener("keydown", (event) => {
    if (form && event.ctrlKey && event.key === "Enter" && form.contains(event.target)) {
      event.preventDefault();
      form.requestSubmit();
      return;
    }
    if (body.dataset.shortcuts !== "on" || event.ctrlKey || event.altKey || event.metaKey || typing(event.target)) return;
    const act = acts[event.key];
    if (act) { event.preventDefault(); act(); }
  });
  const ending = document.getElementById("ending");
  if (!ending) return;
  const keep = () => form && fetch(form.dataset.draft, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual", headers: { "x-draft": "1" } });
  const warn = () => { ending.hidden = false; keep(); };
  setTimeout(warn, 1000 * Number(body.dataset.warn));
  setTimeout(() => { if (!form) location.assign("/login"); }, 1000 * (Number(body.dataset.left) + 2));
  if (form) form.addEventListener("change", keep);
})();
