import { type Fault, TaskFault } from './fault';

/**
 * Which tasks have a fault: those of task definitions that were registered while the release with the fault was being
 * deployed. So the old version never has it, nor what a rollback brings back, nor the next release.
 */
export class Injections {
  private current?: Fault;
  private readonly byDefinition = new Map<string, Fault>();
  private readonly byAddress = new Map<string, TaskFault>();

  /** From now on, until the next release begins. */
  begin(fault: Fault | undefined): void {
    this.current = fault;
  }

  definitionRegistered(taskDefinitionArn: string): void {
    if (this.current) this.byDefinition.set(taskDefinitionArn, this.current);
  }

  /** @returns a function that forgets the task */
  taskStarted(taskDefinitionArn: string, address: string): () => void {
    const fault = this.byDefinition.get(taskDefinitionArn);
    if (fault) this.byAddress.set(address, new TaskFault(fault));
    return () => void this.byAddress.delete(address);
  }

  /** Of the task at a private address. */
  at(address: string): TaskFault | undefined {
    return this.byAddress.get(address);
  }
}
