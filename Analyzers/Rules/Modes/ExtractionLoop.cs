using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace BufferLifetime.Analyzers.Rules.Modes;

/// <summary>
/// The loop around an extraction, asked one question: does it go round once more, and so for ever, when the extraction gives nothing?
/// Only where every condition that could leave it is over the result, and over what does not change when the result is zero.
/// </summary>
internal sealed class ExtractionLoop
{
    private readonly Body _body;
    private readonly IOperation _call;
    private readonly ILocalSymbol? _result;
    private readonly HashSet<BasicBlock> _loop;
    private bool _dependsOnMore;

    private ExtractionLoop(Body body, IOperation call, BasicBlock block)
    {
        _body = body;
        _call = call;
        _result = call.Parent is ISimpleAssignmentOperation { Target: ILocalReferenceOperation { Local: var local } } ? local : null;
        _loop = Reachable([block], static b => Successors(b));
        _loop.IntersectWith(Reachable([block], static b => Predecessors(b)));
    }

    public static bool GoesOnAtZero(Body body, IOperation call)
    {
        foreach (BasicBlock block in body.Flow.Blocks)
        {
            foreach (IOperation operation in block.OperationsAndCondition())
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    if (ReferenceEquals(inner, call))
                    {
                        return new ExtractionLoop(body, call, block).ComesBackTo(block);
                    }
                }
            }
        }

        return false;
    }

    private bool ComesBackTo(BasicBlock start)
    {
        if (_result is not null && !IsWrittenOnlyByTheCall(_result))
        {
            return false;
        }

        HashSet<BasicBlock> reached = Reachable([start], WhenZero);
        return reached.Contains(start) && !_dependsOnMore;
    }

    /// <summary>Where control goes inside the loop with a result of zero.</summary>
    private IEnumerable<BasicBlock> WhenZero(BasicBlock block)
    {
        bool? outcome = null;
        if (block is { ConditionalSuccessor: not null, BranchValue: { } condition })
        {
            bool leaves = Leaves(block.ConditionalSuccessor) || Leaves(block.FallThroughSuccessor);
            bool isStable = TryEvaluate(condition, out object? value);
            outcome = value as bool?;
            _dependsOnMore |= leaves && !isStable;
        }

        bool onConditional = block.ConditionKind == ControlFlowConditionKind.WhenTrue;
        foreach ((ControlFlowBranch? branch, bool isConditional) in new[] { (block.ConditionalSuccessor, true), (block.FallThroughSuccessor, false) })
        {
            if (branch?.Destination is { } destination && _loop.Contains(destination) && (outcome is null || outcome == (isConditional == onConditional)))
            {
                yield return destination;
            }
        }
    }

    private bool Leaves(ControlFlowBranch? branch) => branch is not null && (branch.Destination is null || !_loop.Contains(branch.Destination));

    /// <summary>The value when the result is zero: null where it is another, but the same in each round. False when it can change from round to round.</summary>
    private bool TryEvaluate(IOperation operation, out object? value)
    {
        value = null;
        switch (operation)
        {
            case { ConstantValue: { HasValue: true, Value: var constant } }:
                value = constant is null or bool ? constant : ToNumber(constant);
                return true;
            case IConversionOperation conversion:
                return TryEvaluate(conversion.Operand, out value);
            case IParenthesizedOperation parenthesized:
                return TryEvaluate(parenthesized.Operand, out value);
            case ISimpleAssignmentOperation assignment when IsResult(assignment.Value):
            case IPropertyReferenceOperation { Instance: { } instance, Property.Name: "Bytes" or "Fragments" } when IsResult(instance):
            case not null when IsResult(operation):
                value = 0L;
                return true;
            case ILocalReferenceOperation local:
                return IsUnchangedAtZero(local.Local, _body.Places.Find(local.Local));
            case IParameterReferenceOperation { Parameter.RefKind: RefKind.None } parameter:
                return IsUnchangedAtZero(parameter.Parameter, _body.Places.Find(parameter.Parameter));
            case IUnaryOperation { OperatorKind: UnaryOperatorKind.Not } not when TryEvaluate(not.Operand, out object? operand):
                value = operand is bool truth ? !truth : null;
                return true;
            case IBinaryOperation { OperatorMethod: null } binary when TryEvaluate(binary.LeftOperand, out object? left) && TryEvaluate(binary.RightOperand, out object? right):
                value = left is long a && right is long b ? Compare(binary.OperatorKind, a, b) : null;
                return true;
            default:
                return false;
        }
    }

    private bool IsResult(IOperation operation) => operation switch
    {
        ISimpleAssignmentOperation assignment => IsResult(assignment.Value),
        ILocalReferenceOperation local => SymbolEqualityComparer.Default.Equals(local.Local, _result),
        _ => ReferenceEquals(operation, _call),
    };

    /// <summary>Whether the variable starts as what the caller gave and changes in the loop only by the result.</summary>
    private bool IsUnchangedAtZero(ISymbol symbol, int place)
    {
        if (place < 0 || _body.Places[place].IsShared)
        {
            return false;
        }

        foreach (IOperation write in WritesOf(symbol))
        {
            bool isBound = write switch
            {
                ICompoundAssignmentOperation { OperatorKind: BinaryOperatorKind.Add or BinaryOperatorKind.Subtract, Value: var step } => TryEvaluate(step, out object? by) && by is 0L,
                ISimpleAssignmentOperation { Value: var start } => IsGiven(start),
                _ => false,
            };
            if (!isBound)
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsGiven(IOperation value) => value switch
    {
        { ConstantValue.HasValue: true } => true,
        IConversionOperation conversion => IsGiven(conversion.Operand),
        IParameterReferenceOperation => true,
        _ => false,
    };

    private bool IsWrittenOnlyByTheCall(ISymbol result)
    {
        foreach (IOperation write in WritesOf(result))
        {
            bool isCall = write is ISimpleAssignmentOperation { Value: var value } && ReferenceEquals(value, _call);
            if (!isCall && write is not ISimpleAssignmentOperation { Value.ConstantValue.HasValue: true })
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The assignments to the variable; any other use that could write it stands for itself.</summary>
    private IEnumerable<IOperation> WritesOf(ISymbol symbol)
    {
        foreach (BasicBlock block in _body.Flow.Blocks)
        {
            foreach (IOperation operation in block.OperationsAndCondition())
            {
                foreach (IOperation inner in operation.DescendantsAndSelf())
                {
                    ISymbol? read = inner switch
                    {
                        ILocalReferenceOperation local => local.Local,
                        IParameterReferenceOperation parameter => parameter.Parameter,
                        _ => null,
                    };
                    bool mayWrite = inner.Parent is IAssignmentOperation { Target: var target } && target == inner
                        || inner.Parent is IIncrementOrDecrementOperation or IAddressOfOperation or IArgumentOperation { Parameter.RefKind: not RefKind.None };
                    if (mayWrite && SymbolEqualityComparer.Default.Equals(read, symbol))
                    {
                        yield return inner.Parent!;
                    }
                }
            }
        }
    }

    private static object? Compare(BinaryOperatorKind kind, long a, long b) => kind switch
    {
        BinaryOperatorKind.Equals => a == b,
        BinaryOperatorKind.NotEquals => a != b,
        BinaryOperatorKind.LessThan => a < b,
        BinaryOperatorKind.LessThanOrEqual => a <= b,
        BinaryOperatorKind.GreaterThan => a > b,
        BinaryOperatorKind.GreaterThanOrEqual => a >= b,
        BinaryOperatorKind.Add => a + b,
        BinaryOperatorKind.Subtract => a - b,
        _ => null,
    };

    private static object? ToNumber(object constant) => constant switch
    {
        int n => (long)n,
        long n => n,
        uint n => (long)n,
        short n => (long)n,
        byte n => (long)n,
        _ => null,
    };

    private static HashSet<BasicBlock> Reachable(IEnumerable<BasicBlock> from, Func<BasicBlock, IEnumerable<BasicBlock>> next)
    {
        HashSet<BasicBlock> reached = [];
        Stack<BasicBlock> pending = new();
        foreach (BasicBlock block in from)
        {
            foreach (BasicBlock first in next(block))
            {
                pending.Push(first);
            }
        }

        while (pending.Count > 0)
        {
            BasicBlock block = pending.Pop();
            if (reached.Add(block))
            {
                foreach (BasicBlock other in next(block))
                {
                    pending.Push(other);
                }
            }
        }

        return reached;
    }

    private static IEnumerable<BasicBlock> Successors(BasicBlock block)
    {
        if (block.ConditionalSuccessor?.Destination is { } conditional)
        {
            yield return conditional;
        }

        if (block.FallThroughSuccessor?.Destination is { } fallThrough)
        {
            yield return fallThrough;
        }
    }

    private static IEnumerable<BasicBlock> Predecessors(BasicBlock block)
    {
        foreach (ControlFlowBranch branch in block.Predecessors)
        {
            yield return branch.Source;
        }
    }
}
