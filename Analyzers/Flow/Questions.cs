namespace BufferLifetime.Analyzers.Flow;

/// <summary>
/// How long the truth of a condition matters: to the last place that asks it. What was asked once and never again is not carried along, or a body
/// would know more with every branch that it passes, and every merge of two ways would compare all of it.
/// </summary>
internal sealed class Questions
{
    private readonly Expressions _expressions;
    private readonly Dictionary<int, int> _askedUntil = [];

    public Questions(Body body, BodyGraph graph)
    {
        _expressions = body.Expressions;
        int[] reach = Reach(graph);
        foreach (Node node in graph.Nodes)
        {
            ForEachCondition(body.ConditionOf(node.Block), condition => Ask(condition, ReadsInspection(condition) ? int.MaxValue : reach[node.Order]));
        }

        // What a value says is asked wherever its name is.
        foreach (Fact fact in body.Facts)
        {
            foreach (Expression? value in (Expression?[])[fact.Value, fact.Flags, fact.Direction])
            {
                ForEachCondition(value, condition => Ask(condition, int.MaxValue));
            }
        }
    }

    /// <summary>The truths without those that nobody asks from the start of <paramref name="node"/> on.</summary>
    public IntMap<BoxedBool> StillAsked(IntMap<BoxedBool> truths, Node node)
    {
        IntMap<BoxedBool> left = truths;
        truths.ForEach((number, _) => left = _askedUntil.TryGetValue(number, out int until) && until < node.Order ? left.Remove(number) : left);
        return left;
    }

    private void Ask(Expression condition, int until)
    {
        Ask(_expressions.Number(condition), until);

        // What is compared with a constant says the same of what it was copied from: the value of a switch, kept beside the variable.
        if (condition is Expression.Compare { Relation: Relation.Equal, Left: Expression.Of { Place: var place }, Right: Expression.Constant constant })
        {
            AskOrigins(place, constant, until, [place], depth: 0);
        }
    }

    private void AskOrigins(int place, Expression.Constant constant, int until, HashSet<int> asked, int depth)
    {
        foreach (int origin in depth <= Refinement.MaxDepth ? _expressions.CopiedFrom(place) : [])
        {
            if (asked.Add(origin))
            {
                Ask(_expressions.Number(new Expression.Compare(Relation.Equal, new Expression.Of(origin), constant)), until);
                AskOrigins(origin, constant, until, asked, depth + 1);
            }
        }
    }

    private void Ask(int number, int until) =>
        _askedUntil[number] = Math.Max(until, _askedUntil.TryGetValue(number, out int known) ? known : -1);

    /// <summary>For each node the last one that can come after it, in their order, and lead back to it: the end of the outermost loop around it.</summary>
    private static int[] Reach(BodyGraph graph)
    {
        int[] reach = new int[graph.Nodes.Count];
        foreach (Node node in graph.Nodes)
        {
            reach[node.Order] = Math.Max(reach[node.Order], node.Order);
            foreach (Node target in node.Edges.Select(static edge => edge.Target).OfType<Node>().Concat(node.Handlers))
            {
                if (target.Order < node.Order)
                {
                    reach[target.Order] = Math.Max(reach[target.Order], node.Order);
                }
            }
        }

        for (int first = 0; first < reach.Length; first++)
        {
            int end = reach[first];
            for (int inside = first; inside <= end; inside++)
            {
                end = Math.Max(end, reach[inside]);
            }

            for (; first < end; first++)
            {
                reach[first] = end;
            }

            reach[end] = end;
        }

        return reach;
    }

    /// <summary>The conditions that an expression consists of and whose truth is remembered by itself.</summary>
    private static void ForEachCondition(Expression? expression, Action<Expression> found)
    {
        switch (expression)
        {
            case Expression.Not not:
                ForEachCondition(not.Operand, found);
                break;
            case Expression.And and:
                if (and.IsAsked)
                {
                    found(and);
                }

                ForEachCondition(and.Left, found);
                ForEachCondition(and.Right, found);
                break;
            case Expression.Compare compare:
                found(compare);
                ForEachCondition(compare.Left, found);
                ForEachCondition(compare.Right, found);
                break;
            case Expression.Opaque opaque:
                found(opaque);
                ForEachCondition(opaque.First, found);
                ForEachCondition(opaque.Second, found);
                break;
        }
    }

    /// <summary>Whether the condition is about what an inspection says, which other inspections are read together with.</summary>
    private static bool ReadsInspection(Expression condition) =>
        condition is Expression.Compare { Left: Expression.Inspected } or Expression.Compare { Right: Expression.Inspected };
}
