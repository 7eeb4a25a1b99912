/** What one turn of a contender brought: requests a second, and microseconds of processor time a request where it is known. */
export interface Turn {
  readonly rate: number;
  readonly cpuUs?: number;
}

export type Contender = () => Promise<Turn>;

export function median(values: readonly number[]): number {
  return [...values].sort((one, other) => one - other)[Math.floor(values.length / 2)] ?? NaN;
}

/**
 * Lets the contenders take turns, so that a busy machine slows all of them, and prints each round and the median of the
 * ratios within the rounds. The first round warms up and does not count.
 * @param ours whose ratio to the others is printed
 */
export async function inTurns(
  contenders: Readonly<Record<string, Contender>>,
  ours: string,
  rounds: number,
): Promise<void> {
  const turns = new Map<string, Turn[]>(Object.keys(contenders).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      const turn = await contender();
      if (round > 0) turns.get(name)?.push(turn);
    }
    if (round > 0)
      console.log(`round ${round}: ${[...turns].map(([name, all]) => shown(name, all.at(-1))).join('; ')}`);
  }
  for (const [name, all] of turns) {
    const typical = { rate: median(all.map((it) => it.rate)), cpuUs: median(all.map((it) => it.cpuUs ?? NaN)) };
    const ratios = all.map(({ rate }, round) => (turns.get(ours)?.[round]?.rate ?? NaN) / rate);
    const ratio = `, ratio of ${ours} to it ${median(ratios).toFixed(2)} (${ratios.map((it) => it.toFixed(2)).join(', ')})`;
    console.log(`${shown(name, typical)}${name === ours ? '' : ratio}`);
  }
}

function shown(name: string, turn: Turn | undefined): string {
  if (!turn) return `${name}: nothing`;
  const cpu =
    turn.cpuUs !== undefined && !Number.isNaN(turn.cpuUs) ? `, ${turn.cpuUs.toFixed(0)} µs of processor time each` : '';
  return `${name} ${Math.round(turn.rate)} requests/s${cpu}`;
}
