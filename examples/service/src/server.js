// Starts the service, and stops it when the platform says so.
import process from 'node:process';
import { createApp } from './app.js';
import { readSettings } from './settings.js';

const log = (message, extra = {}) => console.log(JSON.stringify({ message, ...extra }));

function settingsOrExit() {
  try {
    return readSettings(process.env);
  } catch (error) {
    console.error(`cannot start: ${error.message}`);
    process.exit(1);
  }
}

const settings = settingsOrExit();
let stopping = false;
const server = createApp(settings, () => stopping);

// ECS sends SIGTERM, then SIGKILL after the stop timeout: stop accepting, finish what is in flight, leave with 0.
function stop(signal) {
  if (stopping) return;
  stopping = true;
  log('stopping', { signal, version: settings.version });
  if (!server.listening) process.exit(0);
  server.close(() => process.exit(0));
}
process.on('SIGTERM', () => stop('SIGTERM'));
process.on('SIGINT', () => stop('SIGINT'));

if (settings.crashAfterMs !== undefined) {
  setTimeout(() => {
    console.error('crashing: FAULT_CRASH_AFTER_MS');
    process.exit(1);
  }, settings.crashAfterMs);
}

server.on('error', (error) => {
  console.error(`cannot listen on ${settings.host}:${settings.port}: ${error.message}`);
  process.exit(1);
});
setTimeout(() => {
  if (stopping) return;
  server.listen(settings.port, settings.host, () => {
    log('listening', { host: settings.host, port: server.address().port, version: settings.version });
  });
}, settings.slowStartMs);
