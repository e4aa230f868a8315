using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Flow;

internal static class BasicBlockExtensions
{
    /// <summary>The operations of a block and the value that it branches on, in evaluation order.</summary>
    public static IEnumerable<IOperation> OperationsAndCondition(this BasicBlock block)
    {
        foreach (IOperation operation in block.Operations)
        {
            yield return operation;
        }

        if (block.BranchValue is { } value)
        {
            yield return value;
        }
    }
}
