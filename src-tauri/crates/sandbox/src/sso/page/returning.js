document.addEventListener("submit", () => {
  // After the form is on its way: a hidden button would take its value out of it.
  setTimeout(() => {
    document.getElementById("ask").hidden = true;
    document.getElementById("done").hidden = false;
  }, 200);
});
