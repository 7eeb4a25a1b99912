/** The oldest Node.js that everything here works on; package.json says the same. */
export const NODE_VERSION_MIN = '20.18.1';

/** @returns what is wrong with a version of Node.js; undefined when nothing is */
export function nodeProblem(version: string): string | undefined {
  const [given, needed] = [version, NODE_VERSION_MIN].map((text) => text.split('.').map((part) => parseInt(part, 10)));
  const difference = [0, 1, 2].map((at) => (given?.[at] ?? 0) - (needed?.[at] ?? 0)).find((each) => each !== 0) ?? 0;
  if (difference >= 0) return undefined;
  return `Node.js ${version} is too old: install ${NODE_VERSION_MIN} or newer, https://nodejs.org`;
}
