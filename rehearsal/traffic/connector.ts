import { buildConnector } from 'undici';

/** Connections that are being opened at once. */
const OPENING_MAX = 4;

type Callback = Parameters<buildConnector.connector>[1];

/**
 * Opens connections a few at a time. After a stall of the event loop hundreds of requests are due at once; as many TLS
 * handshakes side by side would all end so late that as many requests again fall due, each with a handshake of its own,
 * and the load would choke itself. One after the other, the first connections already serve what comes meanwhile.
 */
export function connector(options: buildConnector.BuildOptions): buildConnector.connector {
  const connect = buildConnector(options);
  const waiting: (() => void)[] = [];
  let opening = 0;
  const open = (target: buildConnector.Options, callback: Callback) => {
    opening += 1;
    connect(target, (...result) => {
      opening -= 1;
      waiting.shift()?.();
      callback(...result);
    });
  };
  return (target, callback) => {
    if (opening < OPENING_MAX) open(target, callback);
    else waiting.push(() => open(target, callback));
  };
}
