// Buttons that copy what stands beside them, or what an address holds; without script they stay hidden.
const held = async (address) => {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(answer.status);
  return answer.text();
};
for (const button of document.querySelectorAll("button[data-copy], button[data-fetch]")) {
  button.hidden = false;
  const words = button.textContent;
  button.addEventListener("click", async () => {
    const { copy, fetch: address } = button.dataset;
    try {
      const text = address ? await held(address) : document.getElementById(copy).textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = "Copied";
    } catch {
      button.textContent = `Could not copy; ${address ? "open the link" : "select the text"} instead`;
    }
    setTimeout(() => (button.textContent = words), 2500);
  });
}
