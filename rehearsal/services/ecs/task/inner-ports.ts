/** Ports through which the containers of a task reach each other, and nobody else reaches them. Pure. */
import type { ContainerDefinition } from '../shapes';

const MENTIONED = /\b(?:localhost|127\.0\.0\.1):(\d{1,5})\b/g;

/**
 * The ports that no mapping has and a container's definition mentions on localhost: in a health check, a command or a variable.
 * The containers of a task share one network, so a program that listens there is reached.
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-networking-awsvpc.html
 */
export function innerPorts(containers: readonly ContainerDefinition[]): number[] {
  const mapped = new Set(containers.flatMap(({ portMappings = [] }) => portMappings.map((each) => each.containerPort)));
  const found = containers
    .flatMap(textsOf)
    .flatMap((text) => [...text.matchAll(MENTIONED)].map(([, port]) => Number(port)));
  return [...new Set(found)].filter((port) => port > 0 && port <= 65_535 && !mapped.has(port));
}

function textsOf({ healthCheck, command = [], entryPoint = [], environment = [] }: ContainerDefinition): string[] {
  const values = environment.map(({ value }) => String(value));
  return [...(healthCheck?.command ?? []), ...command, ...entryPoint, ...values];
}
