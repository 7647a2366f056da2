document.getElementById("vault").addEventListener("submit", async (event) => {
  event.preventDefault();
  const output = document.getElementById("vault-token");
  try {
    const reply = await fetch("/sandbox/vault-refresh-token", { method: "POST" });
    output.textContent = (await reply.json()).refresh_token;
  } catch {
    output.textContent = "The sandbox does not answer. Start it again and reload this page.";
  }
});
