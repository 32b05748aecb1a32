// Datasette's SQL editor types into a field of its own, which has no name for those who cannot see it.
addEventListener("load", () => {
  for (const field of document.querySelectorAll(".CodeMirror textarea")) field.setAttribute("aria-label", "SQL query");
});
