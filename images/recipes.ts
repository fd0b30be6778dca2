/** The images that every cluster has without a registry. */
import { busybox } from './busybox/recipe.ts';
import { dnsutils } from './dnsutils/recipe.ts';
import { ingress } from './ingress/recipe.ts';
import { netshoot } from './netshoot/recipe.ts';
import { nginx } from './nginx/recipe.ts';
import type { Recipe } from './recipe.ts';
import { switchboard, switchboardEntry } from './switchboard/recipe.ts';

const own = switchboard([switchboardEntry]);

export const recipes: Recipe[] = [busybox, nginx, netshoot, dnsutils, own, ingress(own)];
