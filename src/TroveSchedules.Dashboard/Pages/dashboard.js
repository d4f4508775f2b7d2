// Adds to pages that work without it: the pattern is explained while it is typed, and all rows can be selected at once.
'use strict';
const pattern = document.getElementById('pattern');
const preview = document.getElementById('preview');
if (pattern && preview) {
  const seconds = document.getElementById('allowSeconds');
  let timer = 0, latest = 0;
  const explain = async () => {
    const number = ++latest;
    const query = new URLSearchParams({ pattern: pattern.value });
    if (seconds && seconds.checked) query.set('allowSeconds', '1');
    const response = await fetch('/pattern?' + query);
    if (response.ok && number === latest) preview.innerHTML = await response.text();
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(explain, 250); };
  pattern.addEventListener('input', later);
  if (seconds) seconds.addEventListener('change', later);
}
for (const head of document.querySelectorAll('thead .pick')) {
  const boxes = head.closest('table').querySelectorAll('tbody .pick input');
  const all = document.createElement('input');
  all.type = 'checkbox';
  all.setAttribute('aria-label', 'Select all rows of this page');
  all.addEventListener('change', () => { for (const box of boxes) box.checked = all.checked; });
  head.replaceChildren(all);
}
