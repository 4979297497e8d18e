"""Traces a network with torch.fx on the meta device into a list of calls.

Equal blocks are built once for each input shape, and the result is copied for every such block; torch.fx traces once
those that differ in their channels only. So only the list of calls grows with the depth of the network, not the work of
tracing.
"""

from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass

import torch
from torch import fx, nn

from resnet_viz.graph.calls import INPUT, Call, Operation
from resnet_viz.model.operations import OPERATIONS, VARIANTS, multiply_adds_per_output
from resnet_viz.model.resnet import NetworkPart, network_parts
from resnet_viz.model.shapes import geometry, output_shape
from resnet_viz.records.analysis import Role, Shape
from resnet_viz.spec.network import ResNetSpec


class OperationTracer(fx.Tracer):
    """A torch.fx tracer whose leaves are the operations of `resnet_viz.model`, not all modules of torch.nn."""

    def is_leaf_module(self, m: nn.Module, module_qualified_name: str) -> bool:
        """Return True if `m` is an operation, which is not traced further."""
        return type(m) in OPERATIONS


_Step = tuple[str, tuple[str, ...]]
"""The path of an operation within a part of the network, and the paths of what it reads."""


@dataclass(frozen=True)
class _PartCall:
    """A call within a part of the network, by paths relative to the part; "." is the part itself, INPUT its input."""

    path: str
    operation: Operation
    inputs: tuple[str, ...]
    input_shapes: tuple[Shape, ...]
    output: Shape


def trace(spec: ResNetSpec) -> list[Call]:
    """Return all calls of the network in execution order; their ids are the names in `named_modules()`."""
    traced: dict[tuple[object, Shape], list[_PartCall]] = {}
    steps: dict[Hashable, list[_Step]] = {}
    calls: list[Call] = []
    source: str = INPUT
    shape: Shape = spec.input
    for part in network_parts(spec):
        key = (part.configuration, shape)
        if key not in traced:
            module = _built(part)
            structure = _structure(module)
            if structure not in steps:
                steps[structure] = list(_steps(module))
            traced[key] = list(_part_calls(module, steps[structure], shape))
        calls.extend(_in_network(part, call, source) for call in traced[key])
        source, shape = calls[-1].id, calls[-1].output
    return calls


def _built(part: NetworkPart) -> nn.Module:
    with torch.device("meta"):
        return part.make()


def _in_network(part: NetworkPart, call: _PartCall, source: str) -> Call:
    """Return the call with ids of the whole network, where the part reads `source`."""
    return Call(
        id=_join(part.name, call.path),
        operation=call.operation,
        stage=part.stage,
        block=part.block,
        role=_role(part, call.path),
        inputs=tuple(source if path == INPUT else _join(part.name, path) for path in call.inputs),
        input_shapes=call.input_shapes,
        output=call.output,
    )


def _join(name: str, path: str) -> str:
    return name if path == "." else f"{name}.{path}"


def _role(part: NetworkPart, path: str) -> Role:
    if part.stage is None:
        return "head"
    if part.stage == 0:
        return "stem"
    first, _, rest = path.partition(".")
    if first == "se":
        return "main" if rest == "multiply" else "gate"
    return "shortcut" if first == "downsample" else "main"


def _structure(module: nn.Module) -> Hashable:
    """Return what decides which operations the module calls: the paths and types of its modules, and its flags."""
    flags = tuple((name, value) for name, value in vars(module).items() if isinstance(value, bool))
    return flags, tuple((path, type(child)) for path, child in module.named_modules())


def _steps(module: nn.Module) -> Iterator[_Step]:
    """Yield the operations that the module calls, in execution order."""
    if type(module) in OPERATIONS:
        yield ".", (INPUT,)
        return
    paths: dict[fx.Node, str] = {}
    for node in OperationTracer().trace(module).nodes:
        if node.op == "placeholder":
            paths[node] = INPUT
        elif node.op == "call_module":
            paths[node] = str(node.target)
            yield paths[node], tuple(paths[argument] for argument in node.all_input_nodes)
        elif node.op != "output":
            raise TypeError(f"{type(module).__name__} calls {node.target} outside a module")


def _part_calls(module: nn.Module, steps: Iterable[_Step], shape: Shape) -> Iterator[_PartCall]:
    """Yield the calls of one part of the network on an input of this shape."""
    shapes: dict[str, Shape] = {INPUT: shape}
    for path, inputs in steps:
        operation = module if path == "." else module.get_submodule(path)
        input_shapes = tuple(shapes[source] for source in inputs)
        shapes[path] = output_shape(operation, input_shapes)
        yield _PartCall(path, _operation(operation), inputs, input_shapes, shapes[path])


def _operation(module: nn.Module) -> Operation:
    params = sum(parameter.numel() for parameter in module.parameters())
    kind, variant = OPERATIONS[type(module)], VARIANTS.get(type(module), "")
    return Operation(
        type(module).__name__, kind, params, geometry(module), variant, multiply_adds_per_output(module)
    )  # fmt: skip
