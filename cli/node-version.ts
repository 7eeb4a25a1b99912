/** The oldest supported version of Node.js, as in package.json. */
export const NODE_VERSION_MIN = '20.18.1';

/** @returns the problem of a version of Node.js; undefined if it is supported */
export function nodeProblem(version: string): string | undefined {
  const [given, needed] = [version, NODE_VERSION_MIN].map((text) => text.split('.').map((part) => parseInt(part, 10)));
  const difference = [0, 1, 2].map((at) => (given?.[at] ?? 0) - (needed?.[at] ?? 0)).find((each) => each !== 0) ?? 0;
  if (difference >= 0) return undefined;
  return `Node.js ${version} is too old: install ${NODE_VERSION_MIN} or newer, https://nodejs.org`;
}
