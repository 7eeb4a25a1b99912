import { Output, wantsColour } from '../../cli/output';
import { until } from '../support/until';
import { capture } from './support';

const ESC = '\u001B';

describe('colours', () => {
  test.each([
    ['a terminal', { isTTY: true }, {}, true],
    ['a file or a pipe', {}, {}, false],
    ['a terminal with NO_COLOR', { isTTY: true }, { NO_COLOR: '1' }, false],
    ['a terminal with an empty NO_COLOR', { isTTY: true }, { NO_COLOR: '' }, true],
    ['a dumb terminal', { isTTY: true }, { TERM: 'dumb' }, false],
    ['a pipe with FORCE_COLOR', {}, { FORCE_COLOR: '1' }, true],
    ['a terminal with FORCE_COLOR=0', { isTTY: true }, { FORCE_COLOR: '0' }, false],
    ['both FORCE_COLOR and NO_COLOR', {}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
  ])('%s: %j %j -> %s', (_name, stream, environment, expected) => {
    expect(wantsColour(stream, environment)).toBe(expected);
  });
});

test('standard output has only the JSON document, and text for people goes to standard error', () => {
  const [out, err] = [capture(), capture({ isTTY: true })];
  const output = new Output(out, err, {});
  output.reserveStdout();
  output.say('progress');
  output.update('waiting');
  output.json({ text: 'a\u009b31m\u202e' });
  expect(JSON.parse(out.text)).toEqual({ text: 'a\u009b31m\u202e' });
  for (const each of ['\u009b', '\u202e', ESC]) expect(out.text).not.toContain(each);
  expect(err.text).toContain('progress\n');
});

test('what a server sent does nothing to the terminal, with colours and without', () => {
  for (const environment of [{}, { FORCE_COLOR: '1' }]) {
    const out = capture();
    new Output(out, capture(), environment).say({ text: 'a\u001b]0;title\u0007\u202eb', style: 'bad' });
    expect(out.text.replaceAll(new RegExp(`${ESC}\\[\\d+m`, 'g'), '')).toBe('a\\u001b]0;title\\u0007\\u202eb\n');
  }
});

test('a line that is updated is gone when the next one comes', () => {
  const out = capture({ isTTY: true, columns: 40 });
  const output = new Output(out, capture(), { TERM: 'xterm', NO_COLOR: '1' });
  output.update('x'.repeat(100));
  output.say('next');
  expect(out.text).toBe(`\r\u001B[2K${'x'.repeat(39)}\r\u001B[2Knext\n`);
});

test('a view that is redrawn replaces as many rows as it took, and nothing that was printed since', () => {
  const out = capture({ isTTY: true, columns: 20 });
  const output = new Output(out, capture(), { TERM: 'xterm', NO_COLOR: '1' });
  output.redraw([['first'], [{ text: 'x', style: 'bad' }, 'y'.repeat(24)]]);
  output.redraw([['second\u001b[2J']]);
  output.say('printed');
  output.redraw([['third']]);
  const long = `x${'y'.repeat(24)}`;
  expect(out.text).toBe(`first\n${long}\n\u001B[3A\r\u001B[Jsecond\\u001b[2J\nprinted\nthird\n`);
});

test('a terminal that closes ends what runs', async () => {
  const error = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' });
  let fail: (error: NodeJS.ErrnoException) => void = () => undefined;
  const output = new Output(
    { ...capture(), on: (_event: 'error', listener: (error: NodeJS.ErrnoException) => void) => (fail = listener) },
    capture(),
    {},
  );
  fail(error);
  await until('the output to be lost', () => output.lost.aborted);
  expect(output.lost.reason).toMatchObject({ exitCode: 141, problems: [] });
});
