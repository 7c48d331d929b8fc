/** The layers whose matrix products are done elsewhere; apart from the others, so that a page carries nothing of them. */
import type { ProductPlans } from './planned.ts';
import { planProductConvolution } from './productConvolutionPlan.ts';
import { planProductDense } from './productDensePlan.ts';
import type { Products } from './products.ts';

export const productPlans = (products: Products): ProductPlans => ({
  dense: (context, layer, x, relu) => planProductDense(context, products, layer, x, relu),
  convolution: (context, layer, x, relu) => planProductConvolution(context, products, layer, x, relu),
});
