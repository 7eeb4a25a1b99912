/** Which containers of a stack cannot run on this machine: known from the assembly, before anything is deployed. */
import { planBuild } from './plan-build';
import { buildProblem, registryProblem } from './remedy';
import type { RunPolicy } from './step';
import { type ImageAsset, type ImageUse, isNeverRun, stackImages } from './uses';

const ECR = /^\d{12}\.dkr\.ecr\./;

/** @returns one text for each image that cannot run, with the remedy */
export function imageProblems(assemblyDirectory: string, stackId: string, runs: RunPolicy): string[] {
  const { uses, assets } = stackImages(assemblyDirectory, stackId);
  return [...new Set([...registryProblems(uses), ...assets.flatMap((asset) => assetProblems(asset, uses, runs))])];
}

/** Containers whose image only a container engine can pull. */
function registryProblems(uses: readonly ImageUse[]): string[] {
  return uses.flatMap(({ container, name, hasCommand }) =>
    name === undefined || ECR.test(name) || hasCommand ? [] : [registryProblem(container, name)],
  );
}

function assetProblems(asset: ImageAsset, uses: readonly ImageUse[], runs: RunPolicy): string[] {
  const { hash, directory, buildArgs, file, target } = asset;
  const isUsed = uses.some(({ image }) => image.includes(hash));
  if (!isUsed || isNeverRun(uses, hash)) return [];
  const name = `${file ?? 'Dockerfile'} of ${directory}`;
  try {
    const plan = planBuild({ contextDirectory: directory, buildArgs, runs, file, target });
    return plan.problems.length > 0 ? [buildProblem(name, plan.problems, plan.command)] : [];
  } catch (error) {
    // In Docker's own words: the Dockerfile is one that Docker refuses too.
    return [`${name}: ${(error as Error).message}`];
  }
}
