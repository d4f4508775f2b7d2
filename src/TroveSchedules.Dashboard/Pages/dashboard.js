// Adds to pages that work without it: the pattern is explained while it is typed, all rows can be selected at once, and what is in progress is shown again and again.
'use strict';
const pattern = document.getElementById('pattern');
const preview = document.getElementById('preview');
if (pattern && preview) {
  const seconds = document.getElementById('allowSeconds');
  let timer = 0, latest = 0;
  const explain = async () => {
    const number = ++latest;
    const query = new URLSearchParams({ pattern: pattern.value });
    if (seconds.checked) query.set('allowSeconds', '1');
    try {
      const response = await fetch('/pattern?' + query);
      if (response.ok && number === latest) preview.innerHTML = await response.text();
    } catch { /* The dashboard has ended. The button beside the field says so. */ }
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(explain, 250); };
  pattern.addEventListener('input', later);
  seconds.addEventListener('change', later);
}
// Buttons are disabled after a click, so that a second click sends nothing. That is a moment later, because the pressed button is part of the form.
document.addEventListener('submit', event => setTimeout(() => { for (const button of event.target.querySelectorAll('button')) button.disabled = true; }));
addEventListener('pageshow', () => { for (const button of document.querySelectorAll('button')) button.disabled = false; });
const addSelection = () => {
  for (const head of document.querySelectorAll('thead .pick')) {
    // Above the table, because narrow screens hide its head.
    const table = head.closest('table');
    const boxes = table.querySelectorAll('tbody .pick input');
    const label = document.createElement('label');
    label.className = 'check';
    const all = document.createElement('input');
    all.type = 'checkbox';
    all.addEventListener('change', () => { for (const box of boxes) box.checked = all.checked; });
    label.append(all, 'Select all rows of this page');
    table.before(label);
  }
};
addSelection();
// Does not replace what the user is working in.
const refresh = async () => {
  const live = document.getElementById('live');
  if (!live?.dataset.live) return;
  if (!document.hidden && !live.contains(document.activeElement) && !live.querySelector('input:checked')) {
    try {
      const response = await fetch(location.href, { headers: { 'X-Refresh': '1' } });
      const next = new DOMParser().parseFromString(await response.text(), 'text/html');
      const part = next.getElementById('live');
      if (live.dataset.reload && part && !part.dataset.live) location.reload();
      else if (response.ok && part) {
        live.replaceWith(part);
        document.querySelector('h1').textContent = next.querySelector('h1').textContent;
        addSelection();
      }
    } catch { return; }
  }
  later();
};
const later = () => {
  const wait = Number(document.getElementById('live')?.dataset.live);
  if (wait) setTimeout(refresh, 1000 * wait);
};
later();
