// Ties the buttons of our pages to django-allauth's passkey forms: <button data-passkey="login" data-credential="id">.
// Without JavaScript, or in a browser that knows no passkeys, the buttons stay hidden.
(() => {
  "use strict";

  const wire = {
    add: (button, ids) => allauth.webauthn.forms.addForm({ ids: { add: button.id, passwordless: button.dataset.passwordless, ...ids } }),
    login: (button, ids) => allauth.webauthn.forms.loginForm({ ids: { login: button.id, ...ids } }),
    authenticate: (button, ids) => allauth.webauthn.forms.authenticateForm({ ids: { authenticate: button.id, ...ids } }),
  };

  document.addEventListener("DOMContentLoaded", () => {
    if (!window.PublicKeyCredential) return;
    for (const button of document.querySelectorAll("[data-passkey]")) {
      wire[button.dataset.passkey](button, { credential: button.dataset.credential, data: "js_data" });
      button.hidden = false;
    }
  });

  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    const place = document.querySelector("[data-passkey-error]");
    if (place) place.hidden = false;
  });
})();
