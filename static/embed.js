// An embedded chart tells its host how tall it is, and becomes interactive when the reader asks.
const tell = () => parent.postMessage({ type: "coalition-height", height: document.documentElement.offsetHeight, href: location.href }, "*");
new ResizeObserver(tell).observe(document.body);
addEventListener("message", ({ data }) => data && data.type === "coalition-tell" && tell());
const chart = document.getElementById("chart");
const live = document.getElementById("live");
live.hidden = false;
live.addEventListener("click", async () => {
  live.disabled = true;
  try {
    const answer = await fetch(chart.dataset.spec);
    if (!answer.ok) throw new Error(answer.status);
    const [spec] = await Promise.all([answer.json(), import(chart.dataset.bundle)]);
    spec.width = chart.clientWidth;
    delete spec.title;
    delete spec.background; // the page's own, light or dark
    await window.vegaEmbed(chart, spec, { actions: false, renderer: "svg", tooltip: true, ast: true });
    chart.tabIndex = -1; // the button goes, and with it the place of a reader without a mouse
    chart.focus();
    live.remove();
  } catch {
    live.disabled = false;
    live.textContent = "Could not load; try again";
  }
  tell();
});
