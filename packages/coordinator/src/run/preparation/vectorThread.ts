/** The script of a thread that helps with arithmetic on a run's vectors. It ends with its coordinator. */
import { workerData } from 'node:worker_threads';
import { createSharedVectorKernels, type KernelTeam, serveKernelTeam } from '@shoal/core/vector-helper';

const team = workerData as KernelTeam;
serveKernelTeam(team, createSharedVectorKernels(team.memory));
