import { interruptible } from '../../cli/context';
import { CommandFailure, ExitCode } from '../../cli/failure';
import { Output } from '../../cli/output';
import { capture } from './support';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const interruption = new CommandFailure('interrupted', ExitCode.interrupted);
const context = () => ({ output: new Output(capture(), capture(), {}), exit: () => undefined });
const listeners = () => SIGNALS.map((name) => process.listenerCount(name));

test.each(SIGNALS)('%s ends the work, a second one the process at once', async (name) => {
  const before = listeners();
  const exit = jest.spyOn(process, 'exit').mockReturnValue(undefined as never);
  try {
    const reason = await interruptible(context(), interruption, async (signal) => {
      expect(signal.aborted).toBe(false);
      process.emit(name);
      expect(exit).not.toHaveBeenCalled();
      process.emit(name);
      return Promise.resolve(signal.reason as unknown);
    });
    expect(reason).toBe(interruption);
    expect(exit.mock.calls).toEqual([[130]]);
  } finally {
    exit.mockRestore();
  }
  expect(listeners()).toEqual(before);
});

test('after a failure no signal is listened to either', async () => {
  const before = listeners();
  await expect(interruptible(context(), interruption, () => Promise.reject(new Error('broken')))).rejects.toThrow(
    'broken',
  );
  expect(listeners()).toEqual(before);
});

test('exit codes are those that the documentation has', () => {
  expect(ExitCode).toEqual({
    ok: 0,
    notAsExpected: 1,
    badInput: 2,
    internal: 3,
    interrupted: 130,
    outputClosed: 141,
  });
});
