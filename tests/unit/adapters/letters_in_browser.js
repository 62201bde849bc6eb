// Writes each of PAGES into an iframe, measures it at each of WIDTHS, and leaves what it found as JSON in the document.

const number = (part) => { const c = part / 255; return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4; };
const luminance = ([r, g, b]) => 0.2126 * number(r) + 0.7152 * number(g) + 0.0722 * number(b);
const parts = (colour) => colour.match(/[\d.]+/g).map(Number);
const contrast = (one, other) => {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
};

// The background that is seen behind an element: the nearest one that is not see-through, else the page's.
function ground(element, view, page) {
  for (let at = element; at; at = at.parentElement) {
    const colour = parts(view.getComputedStyle(at).backgroundColor);
    if (colour.length < 4 || colour[3] === 1) return colour;
  }
  return page;
}

// How far down the end is of what a notice shows first: its headline, who it is about, the first words, the last of the taps.
function folded(body) {
  const head = body.querySelector(".head");
  if (!head) return null;
  const lines = (element) => [...element.getClientRects()].map((box) => box.bottom);
  const words = body.ownerDocument.createRange(), quote = body.querySelector("blockquote");
  if (quote) words.selectNodeContents(quote);
  return {
    head: Math.max(...lines(head)),
    who: Math.max(...lines(head.nextElementSibling)),
    words: quote ? Math.max(...lines(words).slice(0, 3)) : 0,
    taps: Math.max(...[...body.querySelectorAll(".tap a")].flatMap(lines)),
    first: [...body.querySelectorAll("p")].find((each) => !each.classList.contains("mark")) === head,
  };
}

function measure(frame) {
  const view = frame.contentWindow, page = frame.contentDocument, body = page.body;
  const found = { dark: view.matchMedia("(prefers-color-scheme: dark)").matches, wider: [] };
  for (const width of WIDTHS) {
    frame.style.width = `${width}px`;
    const far = [...body.querySelectorAll("*")].filter((each) => each.getBoundingClientRect().right > width + 0.5);
    if (far.length || page.scrollingElement.scrollWidth > width) {
      found.wider.push([width, far.map((each) => each.outerHTML.slice(0, 200)).pop() || "the page"]);
    }
  }
  frame.style.width = `${WIDTHS[0]}px`;
  const canvas = page.createElement("div");
  canvas.style.backgroundColor = "Canvas";
  body.append(canvas);
  const paper = parts(view.getComputedStyle(canvas).backgroundColor);
  canvas.remove();

  found.palest = [99, ""];
  found.smallest = 99;
  const texts = page.createTreeWalker(body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement, style = view.getComputedStyle(element);
    if (!texts.currentNode.data.trim() || !element.getClientRects().length) continue;
    const ratio = contrast(parts(style.color), ground(element, view, paper));
    if (ratio < found.palest[0]) found.palest = [Math.round(ratio * 100) / 100, texts.currentNode.data.slice(0, 80)];
    found.smallest = Math.min(found.smallest, parseFloat(style.fontSize));
  }
  found.taps = [...body.querySelectorAll(".tap a")].map((each) => {
    const box = each.getBoundingClientRect();
    return [box.width, box.height];
  });
  found.fold = folded(body);
  found.text = body.innerText;
  return found;
}

addEventListener("load", () => {
  const frame = document.querySelector("iframe"), found = {};
  for (const [name, html] of Object.entries(PAGES)) {
    frame.contentDocument.open();
    frame.contentDocument.write(html);
    frame.contentDocument.close();
    found[name] = measure(frame);
  }
  const told = document.createElement("pre");
  told.id = "found";
  told.textContent = JSON.stringify(found);
  document.head.replaceChildren();
  document.body.replaceChildren(told);
});
