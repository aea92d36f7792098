// How our pages make an element: its attributes, what it hears, and what stands in it.

const FOCUSED = new Set(["input", "textarea", "select", "button", "a"]);
const HELD = new Set(["value", "checked", "selected"]); // what changes as it is used is set as it is now

// Attributes that are null or false are left out, and so are children that are nothing.
function el(tag, props = {}, ...kids) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "text") node.textContent = value;
    else if (HELD.has(name)) node[name] = value;
    else node.setAttribute(name, value === true ? "" : value);
  }
  // The notebook looks for this from the focused element outwards, and its commands match that
  // element itself: on the page alone it would come too late, and a "b" would insert a cell.
  if (FOCUSED.has(tag) || "tabindex" in props) node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...kids.filter(Boolean));
  return node;
}
