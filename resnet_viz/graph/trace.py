"""Traces a network with torch.fx on the meta device into a list of calls.

Equal blocks are built and traced once for each input shape, and the result is copied for every such block. So only the
list of calls grows with the depth of the network, not the work of tracing.
"""

from collections.abc import Iterator
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
    calls: list[Call] = []
    source: str = INPUT
    shape: Shape = spec.input
    for part in network_parts(spec):
        key = (part.configuration, shape)
        if key not in traced:
            traced[key] = list(_part_calls(_built(part), shape))
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


def _part_calls(module: nn.Module, shape: Shape) -> Iterator[_PartCall]:
    """Yield the calls of one part of the network on an input of this shape."""
    if type(module) in OPERATIONS:
        yield _PartCall(".", _operation(module), (INPUT,), (shape,), output_shape(module, (shape,)))
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
            yield _PartCall(path, _operation(leaf), inputs, input_shapes, shapes[path])
        elif node.op != "output":
            raise TypeError(f"{type(module).__name__} calls {node.target} outside a module")


def _operation(module: nn.Module) -> Operation:
    params = sum(parameter.numel() for parameter in module.parameters())
    kind, variant = OPERATIONS[type(module)], VARIANTS.get(type(module), "")
    return Operation(
        type(module).__name__, kind, params, geometry(module), variant, multiply_adds_per_output(module)
    )  # fmt: skip
