using BufferLifetime.Analyzers.Flow;
using BufferLifetime.Analyzers.Rules;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.FlowAnalysis;

namespace BufferLifetime.Analyzers;

/// <summary>Shows the flow of one body to every rule.</summary>
internal sealed class RuleReader : IFlowReader
{
    private readonly Rule?[] _rules = new Rule?[RuleCatalogue.Count];
    private readonly Body _body;
    private readonly Findings _findings;
    private readonly TypeRecord? _record;
    private readonly TypeMember? _member;
    private readonly TypeFlow? _type;

    public RuleReader(Body body)
    {
        _body = body;
        _findings = new Findings(body);
    }

    public RuleReader(Body body, TypeMember member, TypeFlow type, TypeRecord record)
        : this(body)
    {
        _record = record;
        _member = member;
        _type = type;
    }

    public void OnFact(Fact fact, PathSet before)
    {
        _record?.Note(_member!, fact, before);
        _findings.Meet(fact);
        foreach (int number in RuleCatalogue.ReadersOf(fact.Kind))
        {
            RuleOf(number).OnFact(fact, before, _findings);
        }
    }

    public void OnExit(ExitKind exit, IOperation? returned, BasicBlock from, PathSet atExit)
    {
        foreach (int number in RuleCatalogue.ReadersOfExits)
        {
            RuleOf(number);
        }

        var leaving = new Leaving(exit, returned, from, atExit);
        foreach (Rule? rule in _rules)
        {
            rule?.OnExit(leaving, _findings);
        }
    }

    public IEnumerable<Diagnostic> Finish()
    {
        foreach (Rule? rule in _rules)
        {
            rule?.OnEnd(_findings);
        }

        return _findings.ToDiagnostics();
    }

    /// <summary>The rule of a number, made when it is met for the first time.</summary>
    private Rule RuleOf(int number)
    {
        if (_rules[number] is not { } rule)
        {
            _rules[number] = rule = RuleCatalogue.Create(number);
            if (_member is not null)
            {
                rule.OnMember(_member, _type!);
            }
        }

        return rule;
    }
}
