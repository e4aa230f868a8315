using BufferLifetime.Analyzers.Flow;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace BufferLifetime.Analyzers.Rules.BaseLibrary;

/// <summary>
/// BUF2012 within one call: a body calls a method of its own instance that fills a field, and calls it again while the field has what came of the
/// first call.
/// </summary>
internal sealed class OverwrittenByOwnCall : Rule
{
    private TypeFlow? _type;
    private TypeMember? _member;

    public override void OnMember(TypeMember member, TypeFlow type)
    {
        _type = type;
        _member = member;
    }

    public override FactKind[] Reads => [FactKind.CallSelf];

    public override void OnFact(Fact fact, PathSet before, Findings findings)
    {
        if (fact.Kind != FactKind.CallSelf || _type is not { } type)
        {
            return;
        }

        foreach (PathState path in before.Paths)
        {
            // Nobody but this body could have called in between: it has what an earlier call made when it calls again.
            foreach ((Resource resource, ISymbol field, IOperation at) in type.LossesBy(fact, path))
            {
                if (!IsGuarded(fact.Operation))
                {
                    findings.Report(
                        FieldOverwritten.Words, Confidence.Possible, at.Syntax, null, at.Syntax.GetLocation(), [Spots.Origin(resource), Spots.OfCall(fact.Operation)], null, field.Name, Spots.Line(Spots.Origin(resource)));
                }
            }
        }
    }

    /// <summary>
    /// Whether a call is made only under a condition that may know of the call before it: one that asks a field, or a variable that is not a new one each
    /// time round.
    /// </summary>
    private bool IsGuarded(IOperation call)
    {
        SyntaxNode? loop = call.Syntax.Ancestors().FirstOrDefault(static node => node is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax or CommonForEachStatementSyntax);
        foreach (SyntaxNode within in call.Syntax.AncestorsAndSelf().TakeWhile(static node => node is not MemberDeclarationSyntax))
        {
            foreach (SyntaxNode condition in ConditionsBefore(within).Where(condition => loop is null || loop.Span.Contains(condition.Span)))
            {
                foreach (SyntaxNode name in condition.DescendantNodesAndSelf())
                {
                    if (name is IdentifierNameSyntax { Identifier.ValueText: var asked } && (IsFieldOfType(asked) || MayBeOfEarlierRound(asked, loop)))
                    {
                        return true;
                    }
                }
            }
        }

        return false;
    }

    /// <summary>What is asked right before a node is reached: by what it is a branch of, and by what leaves in front of it.</summary>
    private static IEnumerable<SyntaxNode> ConditionsBefore(SyntaxNode node)
    {
        switch (node.Parent)
        {
            case IfStatementSyntax { Condition: var condition } when condition != node:
                yield return condition;
                break;
            case ConditionalExpressionSyntax { Condition: var condition } when condition != node:
                yield return condition;
                break;
            case SwitchSectionSyntax { Parent: SwitchStatementSyntax { Expression: var expression } }:
                yield return expression;
                break;
            case BinaryExpressionSyntax { Left: var left } when left != node:
                yield return left;
                break;
            case BlockSyntax block:
                foreach (IfStatementSyntax before in block.Statements.OfType<IfStatementSyntax>().Where(statement => statement.SpanStart < node.SpanStart && statement.DescendantNodes().Any(static inner => inner is ContinueStatementSyntax or ReturnStatementSyntax or BreakStatementSyntax)))
                {
                    yield return before.Condition;
                }

                break;
        }
    }

    private bool IsFieldOfType(string name) => _member?.Symbol.ContainingType.GetMembers(name).Any(static member => member is IFieldSymbol { IsConst: false } or IPropertySymbol) == true;

    /// <summary>Whether a name is that of a variable that is declared in front of the loop, or that counts its rounds.</summary>
    private static bool MayBeOfEarlierRound(string name, SyntaxNode? loop)
    {
        bool isDeclared = false;
        foreach (SyntaxNode node in loop?.FirstAncestorOrSelf<MemberDeclarationSyntax>()?.DescendantNodes() ?? [])
        {
            string? declared = node switch
            {
                VariableDeclaratorSyntax variable => variable.Identifier.ValueText,
                SingleVariableDesignationSyntax designation => designation.Identifier.ValueText,
                ForEachStatementSyntax each => each.Identifier.ValueText,
                ParameterSyntax parameter => parameter.Identifier.ValueText,
                _ => null,
            };
            if (declared == name)
            {
                isDeclared = true;
                if (loop!.Span.Contains(node.Span) && node.Parent?.Parent != loop)
                {
                    return false;
                }
            }
        }

        return isDeclared;
    }
}
