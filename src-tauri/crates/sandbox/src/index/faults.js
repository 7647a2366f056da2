const faults = document.getElementById("faults");
const boxes = [...faults.querySelectorAll("input")];

async function choose(active) {
  const output = faults.querySelector("output");
  try {
    const reply = await fetch("/sandbox/faults", {
      method: "PUT",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ active }),
    });
    const chosen = (await reply.json()).faults.filter((fault) => fault.active).map((fault) => fault.id);
    for (const box of boxes) box.checked = chosen.includes(box.value);
    output.textContent = chosen.length === 0 ? "It behaves well." : `Faults that are active: ${chosen.length}`;
  } catch {
    output.textContent = "The sandbox does not answer. Start it again and reload this page.";
  }
}

faults.addEventListener("change", ({ target }) => {
  const others = boxes.filter((box) => box.checked && box !== target).map((box) => box.value);
  // The last one stays where two cannot be together.
  choose(target.checked ? [...others, target.value] : others);
});
faults.querySelector("button").addEventListener("click", () => choose([]));
