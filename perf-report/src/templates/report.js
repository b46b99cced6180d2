// Nothing here is needed to read the page.
const one = selector => document.querySelector(selector);
const all = selector => document.querySelectorAll(selector);
const filter = one("#filter"), theme = one("#theme"), download = one("#download");

for (const { tHead, tBodies: [body] } of all("table.sortable")) {
  const heads = [...tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const value = row => row.cells[column]?.dataset.v;
    const rows = [...body.rows];
    if (!rows.some(value)) return;
    const numbers = rows.every(row => !isNaN(value(row) || 0));
    const order = (a, b) => numbers ? a - b : a.localeCompare(b);
    const button = document.createElement("button");
    button.append(...head.childNodes);
    head.append(button);
    button.onclick = () => {
      const sign = head.ariaSort == "descending" ? 1 : -1;
      for (const other of heads) other.ariaSort = null;
      head.ariaSort = sign > 0 ? "ascending" : "descending";
      // Unknown is last.
      const rank = (a, b) => !a - !b || a && sign * order(a, b);
      body.append(...[...body.rows].sort((a, b) => rank(value(a), value(b))));
    };
  });
}

const narrow = text => {
  filter.value = text;
  const has = name => name.toLowerCase().includes(text.trim().toLowerCase());
  const rows = all("#operations tbody tr");
  let shown = 0;
  for (const row of rows) shown += !(row.hidden = !has(row.cells[0].textContent));
  for (const op of all(".op")) op.hidden = !has(op.dataset.name);
  one("#filter-count").value = text && `${shown} of ${rows.length}`;
};
if (filter) {
  filter.oninput = () => narrow(filter.value);
  filter.onkeydown = ({ key }) => { if (key == "Escape") narrow(""); };
  filter.hidden = false;
}

onload = onhashchange = () => {
  const target = one(":target");
  if (target?.closest("[hidden]")) narrow("");
  for (const inside of all(":target details")) inside.open = true;
  for (let at = target; at = at?.closest("details"); at = at.parentNode) at.open = true;
  target?.scrollIntoView();
};

if (theme) {
  const names = ["auto", "light", "dark"];
  let stored = {};
  // A file may be refused storage.
  try { stored = localStorage; } catch {}
  let at = Math.max(0, names.indexOf(stored.perfkitTheme));
  const turn = steps => {
    at = (at + steps) % 3;
    const root = document.documentElement.dataset;
    root.theme = stored.perfkitTheme = names[at];
    if (!at) delete root.theme;
    theme.textContent = "Theme: " + names[at];
  };
  theme.onclick = () => turn(1);
  turn(0);
  theme.hidden = false;
}

if (download) {
  download.onclick = async () => {
    const bytes = Uint8Array.from(atob(one("#data").text), c => c.charCodeAt());
    let blob = new Blob([bytes]);
    const link = document.createElement("a");
    link.download = download.dataset.name;
    if (window.DecompressionStream) {
      blob = await new Response(blob.stream().pipeThrough(new DecompressionStream("gzip"))).blob();
    } else link.download += ".gz";
    link.href = URL.createObjectURL(blob);
    link.click();
  };
  download.hidden = false;
}
