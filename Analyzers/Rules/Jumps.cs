using System.Collections.Immutable;
using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers.Rules;

/// <summary>
/// Finds <c>return;</c>, <c>yield break;</c> and <c>throw;</c>: the graph has no operation for them, so that they are found beside what the
/// block that leaves did last.
/// </summary>
internal static class Jumps
{
    public static StatementSyntax? From(BasicBlock block, ExitKind kind, ControlFlowGraph graph)
    {
        ImmutableArray<IOperation> operations = block.Operations;
        if (block.BranchValue is { Syntax: var condition })
        {
            return AfterCondition(condition, kind);
        }

        if (!operations.IsEmpty)
        {
            return After(operations[operations.Length - 1].Syntax.FirstAncestorOrSelf<StatementSyntax>(), kind);
        }

        return CatchOf(block, graph) is { } clause ? First(clause.Block, kind) : null;
    }

    /// <summary>The jump that one outcome of a condition leads to.</summary>
    private static StatementSyntax? AfterCondition(SyntaxNode condition, ExitKind kind)
    {
        for (SyntaxNode? node = condition; node is not null; node = node.Parent)
        {
            switch (node.Parent)
            {
                case SwitchLabelSyntax { Parent: SwitchSectionSyntax { Statements: { Count: > 0 } statements } }:
                    return First(statements[0], kind);
                case IfStatementSyntax branch when branch.Condition == node:
                    return First(branch.Statement, kind) ?? First(branch.Else?.Statement, kind) ?? After(branch, kind);
                case WhileStatementSyntax loop when loop.Condition == node:
                    return First(loop.Statement, kind) ?? After(loop, kind);
                case ForStatementSyntax loop when loop.Condition == node:
                    return First(loop.Statement, kind) ?? After(loop, kind);
                case CommonForEachStatementSyntax loop:
                    return First(loop.Statement, kind) ?? After(loop, kind);
                case StatementSyntax statement:
                    return After(statement, kind);
            }
        }

        return null;
    }

    /// <summary>The jump that follows the statement at once, also out of the blocks and branches that end with it.</summary>
    private static StatementSyntax? After(StatementSyntax? statement, ExitKind kind)
    {
        while (statement is not null)
        {
            switch (statement.Parent)
            {
                case BlockSyntax block when Next(block.Statements, statement) is { } next:
                    return First(next, kind);
                case SwitchSectionSyntax section when Next(section.Statements, statement) is { } next:
                    return First(next, kind);
                case BlockSyntax or IfStatementSyntax or CheckedStatementSyntax or UnsafeStatementSyntax or FixedStatementSyntax or LabeledStatementSyntax:
                    statement = (StatementSyntax)statement.Parent;
                    break;
                case ElseClauseSyntax { Parent: IfStatementSyntax branch }:
                    statement = branch;
                    break;
                default:
                    return null;
            }
        }

        return null;
    }

    private static StatementSyntax? Next(SyntaxList<StatementSyntax> statements, StatementSyntax statement)
    {
        int index = statements.IndexOf(statement);
        return index >= 0 && index + 1 < statements.Count ? statements[index + 1] : null;
    }

    /// <summary>The statement where it is the jump, or begins with it.</summary>
    private static StatementSyntax? First(StatementSyntax? statement, ExitKind kind) => statement switch
    {
        ReturnStatementSyntax { Expression: null } when kind == ExitKind.Return => statement,
        YieldStatementSyntax { RawKind: (int)SyntaxKind.YieldBreakStatement } when kind == ExitKind.Return => statement,
        ThrowStatementSyntax { Expression: null } when kind == ExitKind.Throw => statement,
        BlockSyntax { Statements: { Count: > 0 } statements } => First(statements[0], kind),
        LabeledStatementSyntax { Statement: var labeled } => First(labeled, kind),
        _ => null,
    };

    /// <summary>The catch clause that an empty block is all of: the one at the same place among the handlers of its try statement.</summary>
    private static CatchClauseSyntax? CatchOf(BasicBlock block, ControlFlowGraph graph)
    {
        for (ControlFlowRegion? handler = block.EnclosingRegion; handler != graph.Root && handler?.EnclosingRegion is { } owner; handler = owner)
        {
            if (handler.FirstBlockOrdinal != block.Ordinal && handler.Kind != ControlFlowRegionKind.FilterAndHandler)
            {
                return null;
            }

            if (owner.Kind != ControlFlowRegionKind.TryAndCatch || handler.Kind == ControlFlowRegionKind.Try)
            {
                continue;
            }

            int index = owner.NestedRegions.IndexOf(handler) - 1;
            return TryOf(owner, graph) is { Catches: var clauses } && clauses.Count == owner.NestedRegions.Length - 1 ? clauses[index] : null;
        }

        return null;
    }

    private static TryStatementSyntax? TryOf(ControlFlowRegion owner, ControlFlowGraph graph)
    {
        ControlFlowRegion tried = owner.NestedRegions[0];
        for (int i = tried.FirstBlockOrdinal; i <= tried.LastBlockOrdinal; i++)
        {
            foreach (IOperation operation in graph.Blocks[i].OperationsAndCondition())
            {
                // What is deeper in nested statements lies in nested regions of their own.
                int depth = 0;
                for (ControlFlowRegion? region = graph.Blocks[i].EnclosingRegion; region is not null && region != tried; region = region.EnclosingRegion)
                {
                    depth += region.Kind == ControlFlowRegionKind.TryAndCatch ? 1 : 0;
                }

                return EnclosingTry(operation.Syntax, depth);
            }
        }

        return null;
    }

    /// <summary>The try statement with handlers around the node, past the first <paramref name="inner"/> of them.</summary>
    private static TryStatementSyntax? EnclosingTry(SyntaxNode node, int inner)
    {
        for (SyntaxNode? outer = node; outer is not null; outer = outer.Parent)
        {
            if (outer is BlockSyntax { Parent: TryStatementSyntax { Catches.Count: > 0 } statement } && statement.Block == outer && inner-- == 0)
            {
                return statement;
            }
        }

        return null;
    }
}
