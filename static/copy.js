// Buttons that copy what stands beside them, or what an address holds; without script they stay hidden.
for (const button of document.querySelectorAll("button[data-copy], button[data-fetch]")) {
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const { copy, fetch: address } = button.dataset;
    try {
      const text = address ? await (await fetch(address)).text() : document.getElementById(copy).textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = "Could not copy; select the text instead";
    }
    setTimeout(() => (button.textContent = words), 2500);
  });
}
