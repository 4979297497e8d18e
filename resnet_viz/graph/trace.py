"""Traces a network with torch.fx on the meta device into a list of calls.

Equal blocks are built and traced once, and their shapes worked out once for each input shape; the result is stamped
for every place where the block stands. So the work grows with the distinct blocks, and only the list with the depth.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from torch import fx, nn

from resnet_viz.graph.calls import INPUT, Call, Operation
from resnet_viz.model.operations import OPERATIONS
from resnet_viz.model.resnet import NetworkPart, network_parts
from resnet_viz.model.shapes import geometry, output_shape
from resnet_viz.records.analysis import Role, Shape
from resnet_viz.spec.network import ResNetSpec


class OperationTracer(fx.Tracer):
    """torch.fx, stopping at our operations instead of at all of torch.nn."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Whether `m` is one operation, not to be looked into."""
        return type(m) in OPERATIONS


@dataclass(frozen=True)
class _Step:
    path: str
    operation: Operation
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output: Shape


def trace(spec: ResNetSpec) -> list[Call]:
    """Every call of the network in execution order, with ids as in the module's `named_modules()`."""
    modules: dict[object, nn.Module] = {}
    templates: dict[tuple[object, Shape], list[_Step]] = {}
    calls: list[Call] = []
    source: str = INPUT
    shape: Shape = spec.input
    for part in network_parts(spec):
        key = (part.recipe, shape)
        if key not in templates:
            if part.recipe not in modules:
                modules[part.recipe] = _built(part)
            templates[key] = list(_steps(modules[part.recipe], shape))
        steps = templates[key]
        calls.extend(_stamp(part, step, source) for step in steps)
        source, shape = calls[-1].id, steps[-1].output
    return calls


def _built(part: NetworkPart) -> nn.Module:
    with torch.device("meta"):
        return part.make()


def _stamp(part: NetworkPart, step: _Step, source: str) -> Call:
    return Call(
        id=_join(part.name, step.path),
        operation=step.operation,
        stage=part.stage,
        block=part.block,
        role=_role(part, step.path),
        inputs=tuple(source if path == INPUT else _join(part.name, path) for path in step.inputs),
        input_shapes=step.input_shapes,
        output=step.output,
    )


def _join(name: str, path: str) -> str:
    return name if path == "." else f"{name}.{path}"


def _role(part: NetworkPart, path: str) -> Role:
    if part.stage is None:
        return "head"
    if part.stage == 0:
        return "stem"
    return "shortcut" if path.split(".")[0] == "downsample" else "main"


def _steps(module: nn.Module, shape: Shape) -> Iterator[_Step]:
    """The operations of one part on an input of this shape; "." is the part itself, INPUT what it reads."""
    if type(module) in OPERATIONS:
        yield _Step(".", _operation(module), (INPUT,), (shape,), output_shape(module, (shape,)))
        return
    shapes: dict[str, Shape] = {INPUT: shape}
    paths: dict[fx.Node, str] = {}
    for node in OperationTracer().trace(module).nodes:
        if node.op == "placeholder":
            paths[node] = INPUT
        elif node.op == "call_module":
            leaf = module.get_submodule(str(node.target))
            inputs = tuple(paths[argument] for argument in node.all_input_nodes)
            input_shapes = tuple(shapes[path] for path in inputs)
            paths[node] = path = str(node.target)
            shapes[path] = output_shape(leaf, input_shapes)
            yield _Step(path, _operation(leaf), inputs, input_shapes, shapes[path])
        elif node.op != "output":
            raise TypeError(f"{type(module).__name__} calls {node.target} outside a module")


def _operation(module: nn.Module) -> Operation:
    params = sum(parameter.numel() for parameter in module.parameters())
    return Operation(type(module).__name__, OPERATIONS[type(module)], params, geometry(module))
