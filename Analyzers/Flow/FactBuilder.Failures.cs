using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Flow;

/// <content>Where a body is left by what a call throws, as far as the callee says so: asked where the body has handlers of its own, or a caller that has, and something to lose.</content>
internal sealed partial class FactBuilder
{
    private int _looked;
    private bool _holdsHandle;

    /// <summary>Whether the body has taken a handle so far; each of its resources is looked at once, however many calls ask.</summary>
    private bool HoldsHandle
    {
        get
        {
            while (_mayLose && !_holdsHandle && _looked < _body.Resources.Count)
            {
                _holdsHandle = _body.Resources[_looked++] is { Original: null, Parameter: null, Kind.IsHandle: true };
            }

            return _holdsHandle;
        }
    }

    private static bool HasHandlers(ControlFlowRegion region) =>
        region.Kind is ControlFlowRegionKind.TryAndFinally or ControlFlowRegionKind.TryAndCatch || region.NestedRegions.Any(HasHandlers);

    private void FailOfItsOwnAccord(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (HoldsHandle && (NativeCode.Is(method) || SaysThrow(method) || _callees?.Throws(method, Local(method)) == true))
        {
            Add(new Fact(FactKind.Fail, call) { Member = method });
        }
    }

    /// <summary>A method of the class library that is there to throw where what it is told is an error.</summary>
    private static bool SaysThrow(IMethodSymbol method) => method is { Name: "ThrowExceptionForHR", ContainingType.Name: "Marshal" };
}
