/** What to do about an image that cannot run here. */
import { REHEARSAL_COMMAND_LABEL } from '.';
import { isAvailable } from './tools';

/** Responds to every request with 200, where nothing of the image can run here. */
const STAND_IN = [
  'node',
  '-e',
  "require('node:http').createServer((request, response) => response.end('ok')).listen(process.env.PORT, process.env.HOST)",
];

/** @param command what the container would run, as an example to change; one that is not here would not help */
export function commandRemedy(command: readonly string[], folder = 'the folder of the build context'): string {
  const runs = command.length > 0 && command[0] !== 'nginx' && isAvailable(command[0] ?? '');
  const example = JSON.stringify(runs ? command : STAND_IN);
  return (
    `give the container a command that replaces it in rehearsals: rehearsalCommand: ${example} of ServiceTask.fromImage, or the ` +
    `docker label "${REHEARSAL_COMMAND_LABEL}": ${JSON.stringify(example)} of any other container definition. It runs in ${folder}, ` +
    "with your PATH, the container's environment, and PORT and HOST to listen on"
  );
}

/** For an image of the app that cannot be built on this machine. */
export function buildProblem(dockerfile: string, problems: readonly string[], command: readonly string[]): string {
  const list = problems.map((problem) => `it ${problem}`).join('; ');
  const missing = [...new Set(problems.flatMap((problem) => /^needs (\S+) on line/.exec(problem)?.[1] ?? []))];
  const install = missing.length > 0 ? `install ${missing.join(', ')} on this machine; or ` : '';
  const all = problems.some((problem) => problem.includes('build.run'))
    ? 'run these steps on this machine nevertheless: npx greenlight rehearse --build all; or '
    : '';
  return (
    `${dockerfile} cannot be built without a container engine: ${list}. Remedy: ${install}${all}use a container engine: ` +
    `npx greenlight rehearse --containers docker; or ${commandRemedy(command)}`
  );
}

/** For an image that the app does not build. */
export function registryProblem(container: string, image: string): string {
  return (
    `container ${container}: image ${image} comes from a registry, and a rehearsal does not pull images. Remedy: use a ` +
    `container engine: npx greenlight rehearse --containers docker; or ${commandRemedy([], 'the folder in which greenlight was started')}`
  );
}
