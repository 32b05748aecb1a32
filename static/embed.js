// An embedded chart tells its host how tall it is, and becomes interactive when the reader asks.
const tell = () => parent.postMessage({ type: "coalition-height", height: document.documentElement.offsetHeight, href: location.href }, "*");
new ResizeObserver(tell).observe(document.body);
addEventListener("message", ({ data }) => data && data.type === "coalition-tell" && tell());
const chart = document.getElementById("chart");
const live = document.getElementById("live");
live.hidden = false;
live.addEventListener("click", async () => {
  live.disabled = true;
  const [, spec] = await Promise.all([import(chart.dataset.bundle), fetch(chart.dataset.spec).then((r) => r.json())]);
  spec.width = chart.clientWidth;
  delete spec.title;
  await window.vegaEmbed(chart, spec, { actions: false, renderer: "svg", tooltip: true, ast: true });
  live.remove();
  tell();
});
