// For a page that frames charts of this site: gives each frame the height that its chart reports.
addEventListener("message", ({ data, source }) => {
  if (!data || data.type !== "coalition-height" || !(data.height > 0)) return;
  for (const frame of document.querySelectorAll("iframe")) {
    if (frame.contentWindow === source) frame.style.height = `${Math.ceil(data.height)}px`;
  }
});
// A chart that was ready before this script has told its height already: ask again.
for (const frame of document.querySelectorAll("iframe")) frame.contentWindow.postMessage({ type: "coalition-tell" }, "*");
