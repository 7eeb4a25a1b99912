import { Duplex } from 'node:stream';
import type { Connection } from './connections';

/**
 * A connection as it was before its response came: reads bring what has come already and what comes, writes go nowhere, as
 * the request is sent.
 * @param pieces what has come
 */
export function replayOf(connection: Connection, pieces: readonly Buffer[]): Duplex {
  const { socket } = connection;
  const replay = new Duplex({
    read: () => void socket.resume(),
    write: (_chunk, _encoding, done) => done(),
    destroy: (error, done) => {
      socket.destroy();
      done(error);
    },
  });
  for (const piece of pieces) replay.push(piece);
  connection.listener = {
    onData: (piece) => void (replay.push(piece) || socket.pause()),
    onEnd: () => void (replay.readableEnded || replay.push(null)),
    onError: (error) => void replay.destroy(error),
  };
  if (socket.readableEnded || socket.destroyed) replay.push(null);
  return replay;
}
