import { PassThrough } from 'node:stream';
import { confirm, type Input } from '../../cli/confirm';
import { Output } from '../../cli/output';
import { capture } from './support';

function terminal(typed: string): Input {
  const stream = Object.assign(new PassThrough(), { isTTY: true });
  stream.end(typed);
  return stream;
}

const ask = (input: Input, out = capture()) => confirm(new Output(out, capture(), {}), 'Stop it?', input);

test.each(['y\n', 'Y\n', 'yes\n'])('%j confirms', async (typed) => {
  const out = capture();
  await ask(terminal(typed), out);
  expect(out.text).toBe('Stop it? [y/N]\n');
});

test.each(['n\n', '\n', 'yesterday\n', ''])('%j does not, and nothing is changed', async (typed) => {
  await expect(ask(terminal(typed))).rejects.toMatchObject({ exitCode: 1 });
});

test('without a terminal nobody can say yes, and --yes is named', async () => {
  await expect(ask(new PassThrough())).rejects.toMatchObject({
    exitCode: 2,
    message: 'Stop it? There is no terminal to ask on: pass --yes.',
  });
});
