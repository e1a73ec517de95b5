"use strict";

async function send(form) {
  const shown = form.querySelector("pre");
  const key = document.getElementById("key").value.trim();
  const headers = key ? { "X-API-Key": key } : {};
  const request = { method: form.dataset.method, headers };
  if (form.body) {
    headers["Content-Type"] = "application/json";
    request.body = form.body.value;
  }
  shown.hidden = false;
  shown.textContent = "…";
  try {
    const response = await fetch(form.path.value, request);
    const text = await response.text();
    const isJson = (response.headers.get("content-type") || "").includes("json");
    shown.textContent = response.status + "\n" + (isJson ? JSON.stringify(JSON.parse(text), null, 2) : text);
  } catch (error) {
    shown.textContent = "The request could not be sent: " + error.message;
  }
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  send(event.target);
});
