"use strict";
(() => {
  const form = document.querySelector(".filters");
  const findings = [...document.querySelectorAll(".finding")];
  const shown = document.getElementById("shown");
  const texts = new Map(); // lower-case text of a finding, made when it is first asked for
  const text = (own) => {
    if (!texts.has(own)) texts.set(own, own.textContent.toLowerCase());
    return texts.get(own);
  };
  const filter = () => {
    const severities = new Set([...form.querySelectorAll("[name=severity]:checked")].map((own) => own.value));
    const rule = form.elements.rule.value;
    const used = form.elements.used?.checked ?? false;
    const words = form.elements.search.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const own of findings) {
      const { severity, rule: id, unused } = own.dataset;
      const fits = severities.has(severity) && (!rule || rule === id) && !(used && unused)
        && words.every((word) => text(own).includes(word));
      own.hidden = !fits;
      count += Number(fits);
    }
    shown.textContent = count === findings.length ? "" : `${count} of ${findings.length} shown`;
  };
  // What an address names is shown, whatever hides it.
  const open = () => {
    const own = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!own) return;
    own.hidden = false;
    if (own.tagName === "DETAILS") own.open = true;
    own.scrollIntoView();
  };
  if (form) {
    form.hidden = false;
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", () => setTimeout(filter));
    filter();
  }
  addEventListener("hashchange", open);
  open();
})();
