import { buildImages, missingImages } from '../../../images/build/build.ts';
import type { Recipe } from '../../../images/recipe.ts';
import type { Step } from './step.ts';

export const imagesStep = (recipes: Recipe[], imagesDir: string): Step => ({
  title: 'Building images',
  needed: async () => (await missingImages(recipes, imagesDir)).length > 0,
  run: (progress) => buildImages(recipes, imagesDir, progress),
});
