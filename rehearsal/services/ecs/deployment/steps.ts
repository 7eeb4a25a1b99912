/** Which stages one deployment goes through, forward and back. Pure. */
import type { DeploymentPlan } from './deployment-state';
import type { Act, StageStep, Touched } from './stages';

/** From the first stage to the last. */
export function forwardSteps(plan: DeploymentPlan): readonly StageStep[] {
  const bake: StageStep = { stage: 'BAKE_TIME', waitMs: plan.bakeMs };
  const scaleUp: StageStep = { stage: 'SCALE_UP', act: { type: 'scale-up' } };
  const cleanUp: StageStep = { stage: 'CLEAN_UP', act: { type: 'clean-up' } };
  const reconcile: readonly StageStep[] = plan.reconciles
    ? [{ stage: 'RECONCILE_SERVICE', act: { type: 'reconcile' } }]
    : [];
  // A rolling update replaces tasks behind one target group: nothing is shifted.
  if (plan.strategy === 'ROLLING') return [...reconcile, scaleUp, bake, cleanUp];
  return [
    ...reconcile,
    { stage: 'PRE_SCALE_UP' },
    scaleUp,
    { stage: 'POST_SCALE_UP' },
    { stage: 'TEST_TRAFFIC_SHIFT', act: { type: 'route-test', targetPercent: 100 } },
    { stage: 'POST_TEST_TRAFFIC_SHIFT' },
    ...productionSteps(plan),
    { stage: 'POST_PRODUCTION_TRAFFIC_SHIFT' },
    bake,
    cleanUp,
  ];
}

/** "not waited after 100 %": only between two steps. */
function productionSteps({ shares, stepBakeMs }: DeploymentPlan): readonly StageStep[] {
  return shares.flatMap((targetPercent, index): StageStep[] => {
    const isLast = index === shares.length - 1;
    const act: Act = { type: 'route-production', targetPercent };
    return [
      { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT' },
      { stage: 'PRODUCTION_TRAFFIC_SHIFT', act, ...(isLast ? {} : { waitMs: stepBakeMs }) },
    ];
  });
}

/**
 * Back to the source revision. Production comes first [assumed]; both shifts have their hooks again. Revisions that an earlier
 * deployment left go too, whether or not this one came that far [assumed].
 */
export function rollbackSteps(plan: DeploymentPlan, touched: Touched): readonly StageStep[] {
  if (plan.strategy === 'ROLLING')
    return touched.target ? [{ stage: 'SCALE_UP', act: { type: 'restore-source' } }] : [];
  return [
    ...(touched.production
      ? [{ stage: 'PRODUCTION_TRAFFIC_SHIFT', act: { type: 'route-production', targetPercent: 0 } } as const]
      : []),
    ...(touched.test ? [{ stage: 'TEST_TRAFFIC_SHIFT', act: { type: 'route-test', targetPercent: 0 } } as const] : []),
    ...(touched.target || plan.reconciles ? [{ stage: 'CLEAN_UP', act: { type: 'remove-target' } } as const] : []),
  ];
}
