// The position needs the browser: once, or for as long as the page is open. All else works without this.
'use strict';
(() => {
  const box = document.getElementById('position');
  const once = document.getElementById('once');
  const follow = document.getElementById('follow');
  const said = document.getElementById('said');
  const EVERY_MS = 5000;
  const WITHIN_MS = 20000;
  let watching = null;
  let last = 0;
  if (!navigator.geolocation) {
    said.textContent = box.dataset.failed;
    return;
  }
  once.hidden = follow.hidden = false;

  const send = async (place) => {
    const body = JSON.stringify({
      latitude: place.coords.latitude, longitude: place.coords.longitude, radius_m: place.coords.accuracy,
      age_s: Math.max(0, (Date.now() - place.timestamp) / 1000),
    });
    try {
      const answer = await fetch('/s/position', { method: 'POST', headers: { 'Content-Type': 'application/json' }, body, cache: 'no-store' });
      if (answer.status === 404) return location.reload();
      said.textContent = answer.ok ? (watching === null ? box.dataset.done : box.dataset.following) : box.dataset.offline;
    } catch {
      said.textContent = box.dataset.offline;
    }
  };
  const failed = (error) => {
    if (error.code === error.PERMISSION_DENIED) stop();
    said.textContent = error.code === error.PERMISSION_DENIED ? box.dataset.denied : box.dataset.failed;
  };
  const options = { enableHighAccuracy: true, timeout: WITHIN_MS, maximumAge: 0 };
  const shown = (on) => {
    follow.setAttribute('aria-pressed', String(on));
    follow.textContent = on ? box.dataset.stop : box.dataset.follow;
  };
  const stop = () => {
    if (watching !== null) navigator.geolocation.clearWatch(watching);
    watching = null;
    shown(false);
  };

  once.addEventListener('click', () => {
    said.textContent = box.dataset.wait;
    navigator.geolocation.getCurrentPosition((place) => void send(place), failed, options);
  });
  follow.addEventListener('click', () => {
    if (watching !== null) {
      stop();
      said.textContent = '';
      return;
    }
    said.textContent = box.dataset.wait;
    shown(true);
    watching = navigator.geolocation.watchPosition((place) => {
      if (Date.now() - last < EVERY_MS) return;
      last = Date.now();
      void send(place);
    }, failed, options);
  });
})();
