import type { FieldError } from '../../errors.ts';
import type { DeviceClass } from '../../types.ts';
import { validateSelectors } from '../devices.ts';

export const validateDeviceClass = ({ spec }: DeviceClass): FieldError[] =>
  validateSelectors('spec.selectors', spec?.selectors);
