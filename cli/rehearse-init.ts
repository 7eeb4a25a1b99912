import type { CommandContext } from './context';
export async function initRehearsal(_c: CommandContext, _o: object): Promise<number> {
  return 0;
}
